using CsCheck;
using RemoteStore.Model;
using RemoteStore.StoreGateway.Catalog;
using Shouldly;
using Xunit;

namespace RemoteStore.StoreGateway.Tests.Catalog;

public sealed class BlockChangesTests
{
    private static readonly Gen<QueryRange> s_range = Gen.Select(Gen.Long[0, 50], Gen.Long[-1, 20], static (from, length) => new QueryRange(from, from + length));

    [Fact]
    public void IsUnchanged_AnyHistory_AgreesWithTheListOfChanges() =>
        Gen.Select(s_range.List[0, 3].List[0, 30], Gen.Int[0, 30], s_range).Sample(static (history, at, range) =>
        {
            var changes = new BlockChanges();
            at = Math.Min(at, history.Count);
            long version = 0;
            for (int i = 0; i < history.Count; i++)
            {
                version = i == at ? changes.Version : version;
                changes.Add([.. history[i].Where(static changed => !changed.IsEmpty)]);
            }

            version = at == history.Count ? changes.Version : version;
            bool expected = range.IsEmpty || !history.Skip(at).SelectMany(static step => step).Any(changed => !changed.IsEmpty && changed.Overlaps(range.MinTime, range.MaxTime));
            changes.IsUnchanged(version, range).ShouldBe(expected);
        });

    [Fact]
    public void IsUnchanged_MoreChangesThanAreRemembered_EverythingHasChangedSince()
    {
        var changes = new BlockChanges();
        for (int i = 0; i < 5_000; i++)
        {
            changes.Add([new QueryRange(i, i)]);
        }

        changes.IsUnchanged(0, new QueryRange(-5, -5)).ShouldBeFalse();
        changes.IsUnchanged(changes.Version, QueryRange.All).ShouldBeTrue();
        changes.IsUnchanged(changes.Version - 1, new QueryRange(4_998, 4_998)).ShouldBeTrue();
        changes.IsUnchanged(changes.Version - 1, new QueryRange(4_999, 4_999)).ShouldBeFalse();
    }
}
