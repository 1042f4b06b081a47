using CsCheck;
using RemoteStore.Primitives.Encoding;
using Shouldly;
using Xunit;

namespace RemoteStore.Chunks.Tests;

public sealed class PresenceTests
{
    [Fact]
    public void TryMatch_SubsetOfAColumn_SelectsTheSeriesTimestamps() => Gen.Select(Gen.Int[1, 1024], Gen.Int[0, 3], Gen.Int).Sample((total, shape, seed) =>
    {
        var random = new Random(seed);
        long[] column = Column(total, random);
        bool[] present = Present(total, shape, random);
        long[] timestamps = [.. column.Where((_, i) => present[i])];
        var set = new PresenceSet();

        set.TryMatch(column, timestamps).ShouldBeTrue();
        var header = new ByteBuffer();
        PresenceColumn.Encode(set, header);
        var reader = new ChunkHeaderReader(header.Written);
        var read = new PresenceSet();
        PresenceColumn.Decode(ref reader, total, read);

        reader.Remaining.ShouldBe(0);
        read.Count.ShouldBe(timestamps.Length);
        read.Words.ToArray().ShouldBe(set.Words.ToArray());
        long[] selected = [.. column];
        read.Select(selected, selected).ShouldBe(timestamps.Length);
        selected.AsSpan(0, timestamps.Length).ToArray().ShouldBe(timestamps);
        header.Length.ShouldBeLessThanOrEqualTo(Math.Max(5, 1 + ((total + 7) / 8)));
    });

    [Fact]
    public void TryMatch_TimestampTheColumnLacks_IsFalse()
    {
        var set = new PresenceSet();

        set.TryMatch([10, 20, 30], [10, 25]).ShouldBeFalse();
        set.TryMatch([10, 20, 30], [10, 20, 31]).ShouldBeFalse();
        set.TryMatch([10, 20, 30], [40]).ShouldBeFalse();
        set.TryMatch([10, 20, 30], [10, 20, 30, 40]).ShouldBeFalse();
        set.TryMatch([], []).ShouldBeTrue();
    }

    [Theory]
    [InlineData(new int[0], new byte[] { 0 })]
    [InlineData(new[] { 0, 1, 99 }, new byte[] { 1, 2, 97 })]
    [InlineData(new[] { 5, 50 }, new byte[] { 2, 0, 100, 2, 5, 44 })]
    public void Encode_FewGaps_TakesAFewBytes(int[] missing, byte[] expected)
    {
        var set = new PresenceSet();
        set.SetAll(100);
        foreach (int position in missing)
        {
            set.Remove(position);
        }

        var header = new ByteBuffer();
        PresenceColumn.Encode(set, header);

        header.Written.ToArray().ShouldBe(expected);
    }

    [Fact]
    public void Decode_HostileBytes_GivesASetOrIsRefused() => Gen.Select(Gen.Byte.Array[0, 20], Gen.Int[0, 100]).Sample((bytes, total) =>
    {
        var set = new PresenceSet();
        var reader = new ChunkHeaderReader(bytes);
        try
        {
            PresenceColumn.Decode(ref reader, total, set);
            set.Count.ShouldBeInRange(0, total);
            set.Count.ShouldBe(Enumerable.Range(0, total).Count(set.Contains));
        }
        catch (InvalidDataException)
        {
        }
    });

    private static long[] Column(int total, Random random)
    {
        long at = random.NextInt64(1L << 40);
        return [.. Enumerable.Range(0, total).Select(_ => at += random.Next(1, 30000))];
    }

    private static bool[] Present(int total, int shape, Random random)
    {
        int first = random.Next(total);
        int end = random.Next(first, total + 1);
        return [.. Enumerable.Range(0, total).Select(i => shape switch
        {
            0 => true,
            1 => i >= first && i < end,
            2 => random.Next(40) != 0,
            _ => random.Next(2) == 0,
        })];
    }
}
