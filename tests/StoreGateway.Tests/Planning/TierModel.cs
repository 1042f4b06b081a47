using RemoteStore.Blocks.Format;
using RemoteStore.Model;
using RemoteStore.Storage.Querying;
using RemoteStore.StoreGateway.Planning;
using Shouldly;

namespace RemoteStore.StoreGateway.Tests.Planning;

/// <summary>
/// A made-up history of blocks: cut ones, some of them late, joined to larger ones, downsampled at two resolutions, removed by age; and what a plan has to read of
/// them. Time goes from 0 to 192, windows have 3 and 12.
/// </summary>
internal sealed class TierModel
{
    private const long Fine = 3;
    private const long Coarse = 12;

    private readonly List<TierBlock> _blocks = [];
    private readonly Dictionary<int, BlockRange> _cut = []; // by source
    private readonly SelectHints _hints;
    private readonly QueryRange _wanted;
    private readonly List<QueryRange> _rawOnly = [];
    private readonly HashSet<int> _rawSources;
    private readonly long _rawFloor = long.MinValue; // samples before it are past their retention

    public TierModel(Random random)
    {
        long length = random.Next(3) switch { 0 => 12, 1 => 8, _ => 5 };
        bool isJoined = length % Coarse == 0 && random.Next(2) == 0; // each tier further by itself; else some blocks are not downsampled yet
        List<TierBlock> raw = Cut(random, length);
        var all = new List<TierBlock>();
        bool expires = random.Next(2) == 0; // then a late block is joined with the others of its time, as it is long before blocks expire
        foreach (List<TierBlock> group in Groups(random, raw, splitsTimes: !expires))
        {
            TierBlock block = Join(group);
            all.Add(block);
            if (isJoined || random.Next(3) > 0)
            {
                all.Add(block with { ResolutionMs = Fine });
                if (isJoined || random.Next(3) > 0)
                {
                    all.Add(block with { ResolutionMs = Coarse });
                }
            }
        }

        // Older blocks are gone, those of finer tiers first.
        long rawAge = expires ? random.Next(192) : 0;
        long fineAge = random.Next((int)rawAge + 1);
        IEnumerable<TierBlock> left = all.Where(b => b.Range.End > (b.ResolutionMs == 0 ? rawAge : b.ResolutionMs == Fine ? fineAge : 0));
        _blocks.AddRange(isJoined ? JoinCoarse(random, left) : left);
        _rawSources = [.. _blocks.Where(static block => block.ResolutionMs == 0).SelectMany(static block => block.Sources)];
        if (random.Next(3) == 0)
        {
            _rawFloor = random.Next(200);
            _blocks = [.. _blocks.Where(block => block.ResolutionMs > 0 || block.MaxTime >= _rawFloor).Select(block => block.ResolutionMs > 0 ? block : block.From(_rawFloor))];
        }

        long from = random.Next(-20, 200);
        _wanted = new QueryRange(from, from + random.Next(80));
        _hints = new SelectHints(_wanted) { AcceptsWindows = true, MaxResolutionMs = random.Next(4) switch { 0 => Fine, 1 => Coarse, _ => 0 } };
        if (random.Next(3) == 0)
        {
            long start = random.Next(200);
            var range = new QueryRange(Math.Max(start, _rawFloor), start + random.Next(30));
            _rawOnly.AddRange(range.IsEmpty ? [] : [range]);
        }
    }

    /// <summary>Checks a plan: for windows, for the last samples of windows, or for samples held elsewhere.</summary>
    public void Check(int kind)
    {
        SelectHints hints = kind == 1 ? _hints with { AcceptsWindows = false } : _hints;
        IReadOnlyList<TierRead> plan = TierPlan.Make(_blocks, _wanted, kind == 2 ? _rawOnly : [], _rawSources, new TierChoice(hints) { RawFloorMs = _rawFloor });
        foreach ((int source, BlockRange range) in _cut)
        {
            for (long time = range.Start; time < range.End; time++)
            {
                if (_wanted.Contains(time))
                {
                    CheckSample(plan, source, time, hints.AcceptsWindows);
                }
            }
        }

        foreach (TierRead read in plan)
        {
            long resolution = _blocks[read.Block].ResolutionMs;
            bool windows = hints.AcceptsWindows && resolution > 0;
            read.Range.MinTime.ShouldBeGreaterThan(windows ? _wanted.MinTime - resolution : _wanted.MinTime - 1);
            read.Range.MaxTime.ShouldBeLessThan(windows ? _wanted.MaxTime + resolution : _wanted.MaxTime + 1);
        }
    }

    private void CheckSample(IReadOnlyList<TierRead> plan, int source, long time, bool windows)
    {
        var with = plan.Where(read => Reads(read, source, time, windows)).ToList();
        TierBlock[] holders = [.. _blocks.Where(block => block.Sources.Contains(source) && block.Range.Contains(time))];
        string what = $"source {source} at {time} of [{string.Join(", ", _blocks)}] by [{string.Join(", ", plan)}] for {_wanted}";
        with.Count.ShouldBe(holders.Length == 0 ? 0 : 1, what);
    }

    private bool Reads(TierRead read, int source, long time, bool windows)
    {
        TierBlock block = _blocks[read.Block];
        long at = windows && block.ResolutionMs > 0 ? (time + block.ResolutionMs - 1) / block.ResolutionMs * block.ResolutionMs : time;
        return block.Sources.Contains(source) && block.Range.Contains(time) && read.Range.Contains(at);
    }

    private List<TierBlock> Cut(Random random, long length)
    {
        var blocks = new List<TierBlock>();
        for (long start = 0; start < 192; start += length)
        {
            for (int copies = random.Next(8) == 0 ? 2 : random.Next(6) == 0 ? 0 : 1; copies > 0; copies--)
            {
                int source = _cut.Count;
                _cut[source] = new BlockRange(start, start + length);
                blocks.Add(new TierBlock(_cut[source], start, start + length - 1, 0, [source]));
            }
        }

        return blocks;
    }

    /// <summary>Neighbours that are joined, a late one with the others of its time or not at all.</summary>
    private static IEnumerable<List<TierBlock>> Groups(Random random, List<TierBlock> blocks, bool splitsTimes)
    {
        var group = new List<TierBlock>();
        foreach (TierBlock block in blocks)
        {
            if (group.Count > 0 && random.Next(3) == 0 && (splitsTimes || group[^1].Range != block.Range))
            {
                yield return group;
                group = [];
            }

            group.Add(block);
        }

        if (group.Count > 0)
        {
            yield return group;
        }
    }

    private static TierBlock Join(List<TierBlock> group)
    {
        var range = new BlockRange(group.Min(static b => b.Range.Start), group.Max(static b => b.Range.End));
        return new(range, group.Min(static b => b.MinTime), group.Max(static b => b.MaxTime), group[0].ResolutionMs, [.. group.SelectMany(static b => b.Sources)]);
    }

    /// <summary>Coarse blocks are joined to larger ones as well.</summary>
    private static IEnumerable<TierBlock> JoinCoarse(Random random, IEnumerable<TierBlock> blocks)
    {
        foreach (IGrouping<long, TierBlock> tier in blocks.GroupBy(static block => block.ResolutionMs))
        {
            foreach (List<TierBlock> group in tier.Key == 0 ? tier.Select(static block => new List<TierBlock> { block }) : Groups(random, [.. tier], splitsTimes: true))
            {
                yield return Join(group);
            }
        }
    }
}
