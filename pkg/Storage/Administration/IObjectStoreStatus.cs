using RemoteStore.Model;

namespace RemoteStore.Storage.Administration;

/// <summary>What is known of the object store that blocks are handed on to. Asks it nothing; safe for concurrent use.</summary>
public interface IObjectStoreStatus
{
    /// <summary>What a tenant has and costs there.</summary>
    ObjectStoreReport GetObjectStore(TenantId tenant);
}

/// <summary>State of an object store, for one tenant.</summary>
/// <param name="Bucket">What it is.</param>
/// <param name="IsCreateAtomic">True when it honours conditional writes.</param>
/// <param name="Requests">What was asked since the start of the process, of the tenant's objects and of those that belong to no tenant.</param>
/// <param name="Uploads">The tenant's blocks that wait on the local disk.</param>
/// <param name="Index">What the bucket index in use lists; null when there is none.</param>
public sealed record ObjectStoreReport(
    string Bucket, bool IsCreateAtomic, IReadOnlyList<ObjectStoreRequests> Requests, WaitingUploads Uploads, BucketIndexReport? Index);

/// <summary>Requests of one kind.</summary>
/// <param name="Operation"><c>stat</c>, <c>read</c>, <c>write</c>, <c>delete</c> or <c>list</c>.</param>
/// <param name="Role">Who asked.</param>
/// <param name="Tenant">Whose objects; empty for nobody's.</param>
/// <param name="Requests">How many.</param>
/// <param name="Failures">How many of them failed, or found nothing.</param>
/// <param name="Bytes">Bytes that were moved.</param>
public sealed record ObjectStoreRequests(string Operation, string Role, string Tenant, long Requests, long Failures, long Bytes);

/// <summary>Blocks that wait to be uploaded.</summary>
/// <param name="Blocks">How many.</param>
/// <param name="SizeBytes">Bytes of their files.</param>
/// <param name="OldestMs">When the oldest was cut, milliseconds since the Unix epoch; null when none waits.</param>
/// <param name="Failure">Why the store took none at the last try; null when it did.</param>
public sealed record WaitingUploads(int Blocks, long SizeBytes, long? OldestMs, string? Failure);

/// <summary>What a bucket index lists.</summary>
/// <param name="UpdatedAtMs">When the listing it rests on began, milliseconds since the Unix epoch.</param>
/// <param name="Blocks">Blocks.</param>
/// <param name="SizeBytes">Bytes of their files.</param>
public sealed record BucketIndexReport(long UpdatedAtMs, int Blocks, long SizeBytes)
{
    /// <summary>Blocks that are to be removed.</summary>
    public IReadOnlyList<MarkedBlock> DeletionMarks { get; init; } = [];

    /// <summary>Blocks that are damaged and set aside.</summary>
    public IReadOnlyList<MarkedBlock> BrokenBlocks { get; init; } = [];
}

/// <summary>A block with a mark.</summary>
/// <param name="Block">Its name.</param>
/// <param name="MarkedAtMs">Since when, milliseconds since the Unix epoch.</param>
/// <param name="Reason">Why.</param>
public sealed record MarkedBlock(string Block, long MarkedAtMs, string Reason);
