using RemoteStore.Blocks.Local;
using RemoteStore.Model;
using RemoteStore.Querier.Sources;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;

namespace RemoteStore.Querier.Tests.Sources;

public sealed class MergedVersionsTests
{
    private static readonly QueryRange s_range = new(10_000, 20_000);

    private readonly Local _local = new();
    private readonly Bucket _bucket = new();
    private readonly MergedVersions _versions;

    public MergedVersionsTests() => _versions = new MergedVersions(_local, _bucket);

    [Fact]
    public void Watch_HasBothVersions_AndRisesWithEither()
    {
        WriteVersion version = _versions.Watch(TenantId.Anonymous, 5);

        version.ShouldBe(new WriteVersion(7, 3 + 40, long.MinValue, 40));
        _local.BeforeMs.ShouldBe(5);
        _bucket.Version++;
        _versions.Watch(TenantId.Anonymous, 5).Writes.ShouldBe(44, "a query that runs does not know the blocks");
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void IsUnchanged_WhenBothAre(bool local, bool bucket, bool expected)
    {
        _local.Unchanged = local;
        _bucket.Unchanged = bucket;

        _versions.IsUnchanged(TenantId.Anonymous, new WriteVersion(7, 43, 0, 40), s_range).ShouldBe(expected);
    }

    [Fact]
    public void IsUnchanged_WindowsAreRead_LooksAtWhatTheyReachTo()
    {
        _bucket.LongestMs = 3_000;

        _ = _versions.IsUnchanged(TenantId.Anonymous, new WriteVersion(7, 43, 0, 40), s_range);
        (_local.Asked, _bucket.Asked).ShouldBe((new QueryRange(4_000, 23_000), new QueryRange(4_000, 23_000)));

        _ = _versions.IsUnchanged(TenantId.Anonymous, new WriteVersion(7, 43, 0, 40), QueryRange.All);
        _local.Asked.ShouldBe(QueryRange.All);
    }

    [Fact]
    public void Watch_RetentionMovesOn_ItsEndIsThatOfWholeWindows()
    {
        _bucket.LongestMs = 3_000;
        _local.OldestMs = 100;

        _versions.Watch(TenantId.Anonymous, 5).OldestMs.ShouldBe(6_100);
    }

    private sealed class Local : IWriteVersions
    {
        public bool Unchanged { get; set; } = true;

        public long OldestMs { get; set; } = long.MinValue;

        public long BeforeMs { get; private set; }

        public QueryRange Asked { get; private set; }

        public WriteVersion Watch(TenantId tenant, long beforeMs)
        {
            BeforeMs = beforeMs;
            return new WriteVersion(7, 3, OldestMs);
        }

        public bool IsUnchanged(TenantId tenant, WriteVersion since, QueryRange range)
        {
            Asked = range;
            return Unchanged;
        }
    }

    private sealed class Bucket : IBucketVersions
    {
        public bool Unchanged { get; set; } = true;

        public long Version { get; set; } = 40;

        public long LongestMs { get; set; }

        public QueryRange Asked { get; private set; }

        public long VersionOf(TenantId tenant) => Version;

        public bool IsUnchanged(TenantId tenant, long since, QueryRange range)
        {
            Asked = range;
            return Unchanged;
        }

        public long LongestWindowMs(TenantId tenant) => LongestMs;
    }
}
