namespace RemoteStore.ObjectStore;

/// <summary>What was asked of a bucket since the start of the process.</summary>
/// <param name="Operation"><c>stat</c>, <c>read</c>, <c>write</c>, <c>delete</c> or <c>list</c>.</param>
/// <param name="Role">Who asked.</param>
/// <param name="Owner">Whose objects; empty for nobody's.</param>
/// <param name="Requests">Requests, failed ones included.</param>
/// <param name="Failures">Those that failed, or found nothing.</param>
/// <param name="Bytes">Bytes that were moved.</param>
public sealed record ObjectStoreUsage(string Operation, string Role, string Owner, long Requests, long Failures, long Bytes);
