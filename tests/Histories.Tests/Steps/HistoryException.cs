namespace RemoteStore.Histories.Tests.Steps;

/// <summary>The store gave another answer than the model.</summary>
internal sealed class HistoryException(string message) : Exception(message);
