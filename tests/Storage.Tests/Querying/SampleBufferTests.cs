using CsCheck;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;

namespace RemoteStore.Storage.Tests.Querying;

public sealed class SampleBufferTests
{
    [Fact]
    public void AddUninitialized_AnyCount_HasRoomForWhatDecodersWritePastTheEnd()
    {
        var samples = new SampleBuffer();
        for (int count = 1; count < 3000; count += 97)
        {
            samples.AddUninitialized(count, out Span<long> timestamps, out Span<long> values);
            timestamps.Length.ShouldBe(count + SampleBuffer.Padding);
            values.Length.ShouldBe(count + SampleBuffer.Padding);
            timestamps.Fill(count);
            values.Fill(-count);
            samples.Timestamps[^1].ShouldBe(count);
            samples.ValueBits[^count..].ToArray().ShouldAllBe(v => v == -count);
        }
    }

    [Fact]
    public void FillStartTimestamps_AfterSamplesWithout_LeavesThoseWithout()
    {
        var samples = new SampleBuffer();
        samples.Add(1, 10);
        samples.AddUninitialized(2, out Span<long> timestamps, out Span<long> values);
        timestamps[0] = 2;
        timestamps[1] = 3;
        values[..2].Fill(20);
        samples.FillStartTimestamps(2)[..2].Fill(7);
        samples.Add(4, 40);

        samples.StartTimestamps.ToArray().ShouldBe([0, 7, 7, 0]);
    }

    [Fact]
    public void TrimFloats_AnyRange_KeepsWhatLiesInItAndAllBefore() =>
        Gen.Select(Gen.Long[-300, 300].HashSet, Gen.Long[-350, 350], Gen.Long[-350, 350], Gen.Bool).Sample((times, a, b, starts) =>
        {
            long[] sorted = [.. times.Order()];
            var samples = new SampleBuffer();
            samples.Add(1000, 1);
            foreach (long time in sorted)
            {
                samples.Add(time, time * 2, starts ? time * 3 : 0);
            }

            samples.TrimFloats(1, Math.Min(a, b), Math.Max(a, b));

            long[] kept = [1000, .. sorted.Where(t => t >= Math.Min(a, b) && t <= Math.Max(a, b))];
            samples.Timestamps.ToArray().ShouldBe(kept);
            samples.ValueBits.ToArray()[1..].ShouldBe(kept[1..].Select(static t => t * 2));
            if (!samples.StartTimestamps.IsEmpty)
            {
                samples.StartTimestamps.ToArray()[1..].ShouldBe(kept[1..].Select(static t => t * 3));
            }
        });

    [Fact]
    public void TrimFloats_AllOfTime_KeepsAll()
    {
        var samples = new SampleBuffer();
        samples.Add(long.MinValue, 1);
        samples.Add(long.MaxValue, 2);

        samples.TrimFloats(0, long.MinValue, long.MaxValue);

        samples.Count.ShouldBe(2);
    }
}
