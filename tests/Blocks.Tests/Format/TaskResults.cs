namespace RemoteStore.Blocks.Tests.Format;

/// <summary>Generated tests are synchronous; what they call on local files completes without a context to wait for.</summary>
internal static class TaskResults
{
    public static T Completed<T>(this Task<T> task) => task.GetAwaiter().GetResult();
}
