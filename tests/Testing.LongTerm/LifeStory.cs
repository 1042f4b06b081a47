using System.Globalization;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.ObjectStore;

namespace RemoteStore.Testing.LongTerm;

/// <summary>
/// The whole life of blocks: upload, index, queries, compaction, deletion of series, a restart, downsampling, retention, removal; the same on every kind of bucket,
/// with something that goes wrong at some requests or nothing. Every answer is that of the model or fails because of a fault; when the faults are over all of it ends
/// as it does without.
/// </summary>
public sealed class LifeStory
{
    private const long HourMs = 3_600_000;
    private const int Rounds = 6;
    private const int MaxTries = 60; // more than requests that go wrong in one story

    private readonly LifeWorld _world;
    private readonly LifeBucket _bucket;

    private LifeStory(LifeWorld world, LifeBucket bucket)
    {
        _world = world;
        _bucket = bucket;
    }

    /// <summary>Plays it.</summary>
    /// <param name="bucket">An empty bucket.</param>
    /// <param name="directory">An empty folder.</param>
    /// <param name="now">The time by the clock of the bucket.</param>
    /// <returns>Requests that the part with faults took, and those that something went wrong with.</returns>
    /// <exception cref="LifeException">Something is not as it has to be.</exception>
    public static async Task<(int Requests, int Struck)> PlayAsync(LifeBucket bucket, string directory, DateTimeOffset now)
    {
        await using LifeWorld world = await LifeWorld.StartAsync(bucket.Bucket, directory, now);
        var story = new LifeStory(world, bucket);
        await story.LiveAsync();
        (int Requests, int Struck) counts = (bucket.CountRequests(), bucket.CountStruck());
        bucket.Stop();
        try
        {
            await story.EndAsync();
        }
        catch (IOException e)
        {
            throw new LifeException($"at the end, without faults: {e.Message}", e);
        }

        return counts;
    }

    private async Task LiveAsync()
    {
        LongTermStore longTerm() => _world.LongTerm; // another one after the restart
        await _world.WriteAsync(12);
        await _world.CutAsync();
        await TryAsync("first upload", () => longTerm().UploadAsync());
        await CheckAsync("behind the first upload");
        await _world.WriteAsync(12);
        await _world.CutAsync();
        await TryAsync("second upload", () => longTerm().UploadAsync());
        await TryAsync("first compaction", () => longTerm().CompactAsync());
        await CheckAsync("behind the first compaction");
        await UntilAsync("deletion", () => _world.DeleteAsync(new QueryRange(_world.StartMs, _world.StartMs + (7 * 60_000))));
        await CheckAsync("behind the deletion");
        await _world.RestartAsync();
        await CheckAsync("behind the restart");
        _world.Time.Advance(TimeSpan.FromHours(2));
        await TryAsync("hand-over", () => longTerm().UploadAsync());
        await TryAsync("second compaction", () => longTerm().CompactAsync());
        await CheckAsync("behind the second compaction");
        _world.Time.Advance(TimeSpan.FromHours(30));
        await _world.WriteAsync(12);
        await _world.CutAsync();
        await TryAsync("third upload", () => longTerm().UploadAsync());
        await TryAsync("third compaction", () => longTerm().CompactAsync());
        await TryAsync("downsampling", () => longTerm().DownsampleAsync());
        await CheckAsync("behind the downsampling");
        await CheckWindowsAsync("behind the downsampling");
        _world.Time.Advance(TimeSpan.FromHours(40));
        await TryAsync("retention", () => longTerm().CompactAsync());
        await TryAsync("second downsampling", () => longTerm().DownsampleAsync());
        await TryAsync("last compaction", () => longTerm().CompactAsync());
        await CheckAsync("behind retention");
    }

    /// <summary>Without faults everything comes to its end.</summary>
    private async Task EndAsync()
    {
        for (int round = 0; round < Rounds; round++)
        {
            _ = await _world.LongTerm.UploadAsync();
            await _world.LongTerm.CompactAsync();
            _ = await _world.LongTerm.DownsampleAsync();
            _world.Time.Advance(TimeSpan.FromMinutes(70)); // longer than marks and partial uploads are kept
        }

        // What a torn write has left is set aside and told of in answers; nothing is missing because of it.
        string lines = Difference(
            _world.Model.Lines(_world.Kept), await LifeReader.LinesAsync(_world.LongTerm.Queryable, LifeWorld.Tenant, _world.Kept, mayWarn: _bucket.LeavesDamage));
        Hold(lines.Length == 0, $"at the end the answer differs: {lines}");
        Hold(_bucket.Watch.Violations.Count == 0, string.Join("; ", _bucket.Watch.Violations));
        if (_bucket.LeavesDamage)
        {
            return;
        }

        await CheckWindowsAsync("at the end", mustBeThere: true);
        Hold(_world.LocalBlocks == 0, $"{_world.LocalBlocks} blocks are still on the local disk");
        Hold(await _world.LongTerm.CountOpenDeletionsAsync(LifeWorld.Tenant) == 0, "the deletion is not over");
        Hold(_bucket.Watch.Marks > 0, "nothing was marked, so that nothing was looked at");
        await CheckBucketAsync();
    }

    /// <summary>The bucket has what the index lists and nothing else, joined as far as it can be; what is past its retention is gone.</summary>
    private async Task CheckBucketAsync()
    {
        BucketIndex index = await new BucketIndexStore(_bucket.Truth, _world.Time).LoadAsync(LifeWorld.Tenant, CancellationToken.None)
            ?? throw new LifeException("there is no index at the end");
        string blocks = string.Join(", ", index.Blocks.OrderBy(static block => (block.Meta.ResolutionMs, block.Meta.MinTime)).Select(Describe));
        string expected = string.Join(", ", new[] { (0L, 1), (60_000L, 0), (60_000L, 1), (600_000L, 0), (600_000L, 1) }.Select(static block => $"{block.Item1} ms of day {block.Item2}"));
        Hold(blocks == expected, $"the bucket has {blocks} instead of {expected}");
        Hold(index.BrokenMarks.Count == 0, "a block is set aside");
        HashSet<BlockId> listed = [.. index.Blocks.Select(static block => block.Id)];
        await foreach (ObjectAttributes found in _bucket.Truth.ListAsync(BucketLayout.TenantPrefix(LifeWorld.Tenant), CancellationToken.None))
        {
            BucketKey key = BucketLayout.Parse(LifeWorld.Tenant, found.Key);
            bool known = key.Kind switch
            {
                BucketKeyKind.BlockFile => listed.Contains(key.Block),
                BucketKeyKind.Other => found.Key == BucketLayout.BucketIndex(LifeWorld.Tenant),
                BucketKeyKind.DeletionJob => true, // remembered for those who ask
                _ => false,
            };
            Hold(known, $"{found.Key} was left behind");
        }
    }

    private string Describe(BlockRecord block) =>
        string.Create(CultureInfo.InvariantCulture, $"{block.Meta.ResolutionMs} ms of day {(block.Meta.MinTime - _world.StartMs) / (24 * HourMs)}");

    /// <summary>The answer is that of the model, or fails because something goes wrong right now.</summary>
    private Task<bool> CheckAsync(string when) => TryAsync($"query {when}", async () =>
    {
        QueryRange range = _world.Kept;
        string difference = Difference(_world.Model.Lines(range), await LifeReader.LinesAsync(_world.LongTerm.Queryable, LifeWorld.Tenant, range));
        Hold(difference.Length == 0, $"{when} the answer differs: {difference}");
    });

    /// <summary>Windows count what was acknowledged, also where the samples are past their retention.</summary>
    private Task<bool> CheckWindowsAsync(string when, bool mustBeThere = false) => TryAsync($"windows {when}", async () =>
    {
        const long Resolution = 600_000;
        var range = new QueryRange(_world.StartMs + 1, _world.StartMs + HourMs);
        (SortedDictionary<string, long> counts, bool windows) = await LifeReader.CountsAsync(
            _world.LongTerm.Queryable, LifeWorld.Tenant, _world.StartMs, _world.StartMs + HourMs, Resolution);
        string expected = string.Join(", ", _world.Model.Counts(range));
        Hold(string.Join(", ", counts) == expected, $"{when} {string.Join(", ", counts)} samples were counted instead of {expected}");
        Hold(windows || !mustBeThere, $"{when} there are no windows");
    });

    /// <summary>Does something that may fail when something goes wrong meanwhile; a later round does it again.</summary>
    private async Task<bool> TryAsync(string what, Func<Task> action)
    {
        int struck = _bucket.CountStruck();
        try
        {
            await action();
            return true;
        }
        catch (IOException e)
        {
            bool excused = _bucket.CountStruck() > struck || (_bucket.LeavesDamage && struck > 0);
            return excused && !_bucket.HidesFaults ? false : throw new LifeException($"{what} failed, and nothing excuses it: {e.Message}", e);
        }
        catch (Exception e) when (e is not LifeException)
        {
            throw new LifeException($"{what} failed in a way that it may not: {e}", e);
        }
    }

    /// <summary>Does something until it succeeds, as a caller does that has not been told that it was done.</summary>
    private async Task UntilAsync(string what, Func<Task> action)
    {
        for (int tries = 0; !await TryAsync(what, action); tries++)
        {
            Hold(tries < MaxTries, $"{what} does not succeed");
        }
    }

    private static string Difference(List<string> expected, List<string> actual)
    {
        if (expected.SequenceEqual(actual))
        {
            return "";
        }

        string[] missing = [.. expected.Except(actual)];
        string[] added = [.. actual.Except(expected)];
        return $"{missing.Length} of {expected.Count} samples are missing, such as {missing.FirstOrDefault()}, {added.Length} are too many, such as {added.FirstOrDefault()}, "
            + $"{actual.Count - actual.Distinct().Count()} are there twice";
    }

    private static void Hold(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new LifeException(otherwise);
        }
    }
}
