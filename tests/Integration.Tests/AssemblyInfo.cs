using Xunit;

// Each test runs a server under load; two at once would starve each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
