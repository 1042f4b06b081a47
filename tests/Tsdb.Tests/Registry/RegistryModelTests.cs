using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Tsdb.Registry;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Tsdb.Tests.Registry;

/// <summary>A registry that adds, evicts, saves, stops and dies in any order is a map from labels to refs, none of which is given twice.</summary>
public class RegistryModelTests
{
    private enum Kind
    {
        Add,
        Evict,
        Log,
        Save,
        Die,
    }

    private static readonly Gen<(Kind Kind, int Number)> s_step =
        Gen.Select(Gen.Frequency((6, Gen.Const(Kind.Add)), (2, Gen.Const(Kind.Evict)), (2, Gen.Const(Kind.Log)), (1, Gen.Const(Kind.Save)), (2, Gen.Const(Kind.Die))), Gen.Int[0, 1000]);

    [Fact]
    public void AnySteps_LikeAMap() => s_step.Array[1, 60].Sample(
        steps =>
        {
            string folder = Directory.CreateTempSubdirectory("remotestore-registry-model").FullName;
            try
            {
                Play(steps, folder);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        },
        iter: 150);

    private static void Play((Kind Kind, int Number)[] steps, string folder)
    {
        TenantRegistryStore store = Open(folder);
        try
        {
            var refs = new Dictionary<int, uint>(); // in memory now
            var logged = new Dictionary<int, uint>(); // the newest durable ref of every series that ever was
            uint given = 0;
            foreach ((Kind kind, int number) in steps)
            {
                switch (kind)
                {
                    case Kind.Add:
                        int series = number % 25;
                        uint added = SeriesLabels.Add(store.Registry, SeriesLabels.Typical(series)).Value;
                        added.ShouldBe(refs.GetValueOrDefault(series, given));
                        given = Math.Max(given, added + 1);
                        refs[series] = added;
                        break;
                    case Kind.Evict:
                        Evict(store, r => r < store.DurableCount && (r + number) % 3 == 0);
                        Forget(refs, r => r < store.DurableCount && (r + number) % 3 == 0);
                        break;
                    case Kind.Log:
                        store.AppendPending();
                        Note(refs, logged);
                        break;
                    case Kind.Save:
                        store.AppendPending();
                        Note(refs, logged);
                        store.SaveSnapshotAsync(static _ => default, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                        break;
                    default:
                        uint durable = store.DurableCount;
                        store.Dispose();
                        store = Open(folder);
                        store.Report.Damages.ShouldBeEmpty();
                        store.Registry.RefEnd.ShouldBe(durable);
                        Forget(refs, r => r >= durable);
                        given = durable;
                        Readopt(store.Registry, refs, logged);
                        break;
                }

                Check(store.Registry, refs);
            }
        }
        finally
        {
            store.Dispose();
        }
    }

    /// <summary>Evicted series may be back, if no snapshot tells that they left: always under their newest ref.</summary>
    private static void Readopt(SeriesRegistry registry, Dictionary<int, uint> refs, Dictionary<int, uint> logged)
    {
        foreach ((int series, uint seriesRef) in logged)
        {
            if (!refs.ContainsKey(series) && registry.Contains(new SeriesRef(seriesRef)))
            {
                refs.Add(series, seriesRef);
            }
        }
    }

    private static void Note(Dictionary<int, uint> refs, Dictionary<int, uint> logged)
    {
        foreach ((int series, uint seriesRef) in refs)
        {
            logged[series] = seriesRef;
        }
    }

    private static void Forget(Dictionary<int, uint> refs, Func<uint, bool> leaves)
    {
        foreach (int series in refs.Where(r => leaves(r.Value)).Select(static r => r.Key).ToArray())
        {
            refs.Remove(series);
        }
    }

    private static void Check(SeriesRegistry registry, Dictionary<int, uint> refs)
    {
        registry.SeriesCount.ShouldBe(refs.Count);
        registry.Index.Select([], registry.RefEnd, registry, CancellationToken.None).ShouldBe(refs.Values.Order());
        foreach ((int series, uint seriesRef) in refs)
        {
            registry.GetLabels(new SeriesRef(seriesRef)).SequenceEqual(SeriesLabels.Typical(series)).ShouldBeTrue();
            byte[] labels = SeriesLabels.Typical(series);
            registry.Find(labels, registry.Hash(labels)).Ref.Value.ShouldBe(seriesRef);
        }

        registry.Index.Select([new(MatchType.Regexp, "method", "GET|PUT")], registry.RefEnd, registry, CancellationToken.None)
            .ShouldBe(refs.Where(static r => r.Key % 3 != 1).Select(static r => r.Value).Order());
    }

    private static void Evict(TenantRegistryStore store, Func<uint, bool> leaves)
    {
        SeriesRegistry old = store.Registry;
        SeriesRegistry fresh = old.NewEmpty();
        for (uint r = 0; old.TryNext(ref r, old.RefEnd); r++)
        {
            if (!leaves(r))
            {
                _ = fresh.Copy(in old.State(new SeriesRef(r)), old.GetLabels(new SeriesRef(r)));
            }
        }

        fresh.SkipTo(old.RefEnd);
        store.Exchange(fresh).Dispose();
    }

    private static TenantRegistryStore Open(string folder) => TenantRegistryStore.Open(LocalFileSystem.Instance, folder, LabelLimits.Default, NullLogger.Instance);
}
