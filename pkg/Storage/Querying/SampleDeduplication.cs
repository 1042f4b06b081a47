using RemoteStore.Model.Samples;

namespace RemoteStore.Storage.Querying;

/// <summary>One sample per timestamp, by a rule that does not depend on the order of arrival. Reads and merges share it.</summary>
public static class SampleDeduplication
{
    /// <summary>
    /// Sorts columns of one series by time, keeps one sample per timestamp (<see cref="SampleBits.ComparePriority"/>; of equal bits the greater start
    /// timestamp) and moves the kept ones to the front.
    /// </summary>
    /// <param name="timestamps">Milliseconds.</param>
    /// <param name="valueBits">Same length.</param>
    /// <param name="startTimestamps">Same length, or empty.</param>
    /// <param name="kept">Number of samples at the front that stay.</param>
    public static void SortFloats(Span<long> timestamps, Span<long> valueBits, Span<long> startTimestamps, out int kept)
    {
        int i = 1;
        while (i < timestamps.Length && timestamps[i] > timestamps[i - 1])
        {
            i++;
        }

        if (i >= timestamps.Length)
        {
            kept = timestamps.Length; // the usual case: sources do not overlap in time
            return;
        }

        Sort(timestamps, valueBits, startTimestamps);
        kept = Deduplicate(timestamps, valueBits, startTimestamps);
    }

    /// <summary>Sorts histogram samples of one series by time and keeps one per timestamp: the greater payload in byte order, then the greater start timestamp.</summary>
    /// <returns>Number of samples at the front that stay.</returns>
    public static int SortHistograms(Span<HistogramSample> samples, byte[] payloads)
    {
        samples.Sort((a, b) =>
        {
            int order = a.TimestampMs.CompareTo(b.TimestampMs);
            order = order != 0 ? order : Payload(payloads, a).SequenceCompareTo(Payload(payloads, b));
            return order != 0 ? order : a.StartTimestampMs.CompareTo(b.StartTimestampMs);
        });
        int kept = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            if (i + 1 < samples.Length && samples[i + 1].TimestampMs == samples[i].TimestampMs)
            {
                continue; // a greater one at the same time follows
            }

            samples[kept++] = samples[i];
        }

        return kept;
    }

    /// <summary>Drops float samples at timestamps that a histogram also has. Both sides ascend strictly.</summary>
    /// <returns>Number of float samples at the front that stay.</returns>
    public static int RemoveCovered(Span<long> timestamps, Span<long> valueBits, Span<long> startTimestamps, ReadOnlySpan<HistogramSample> histograms)
    {
        int kept = 0;
        int h = 0;
        for (int i = 0; i < timestamps.Length; i++)
        {
            while (h < histograms.Length && histograms[h].TimestampMs < timestamps[i])
            {
                h++;
            }

            if (h < histograms.Length && histograms[h].TimestampMs == timestamps[i])
            {
                continue;
            }

            Copy(timestamps, valueBits, startTimestamps, i, kept++);
        }

        return kept;
    }

    private static ReadOnlySpan<byte> Payload(byte[] payloads, HistogramSample sample) => payloads.AsSpan(sample.PayloadOffset, sample.PayloadLength);

    private static void Sort(Span<long> timestamps, Span<long> valueBits, Span<long> startTimestamps)
    {
        if (timestamps.Length <= 32)
        {
            InsertionSort(timestamps, valueBits, startTimestamps);
        }
        else if (startTimestamps.IsEmpty)
        {
            timestamps.Sort(valueBits);
        }
        else
        {
            int[] order = new int[timestamps.Length];
            for (int i = 0; i < order.Length; i++)
            {
                order[i] = i;
            }

            long[] t = timestamps.ToArray();
            long[] v = valueBits.ToArray();
            long[] s = startTimestamps.ToArray();
            timestamps.Sort(order.AsSpan());
            for (int i = 0; i < order.Length; i++)
            {
                timestamps[i] = t[order[i]];
                valueBits[i] = v[order[i]];
                startTimestamps[i] = s[order[i]];
            }
        }
    }

    private static void InsertionSort(Span<long> timestamps, Span<long> valueBits, Span<long> startTimestamps)
    {
        for (int i = 1; i < timestamps.Length; i++)
        {
            long t = timestamps[i];
            long v = valueBits[i];
            long s = startTimestamps.IsEmpty ? 0 : startTimestamps[i];
            int j = i - 1;
            for (; j >= 0 && timestamps[j] > t; j--)
            {
                Copy(timestamps, valueBits, startTimestamps, j, j + 1);
            }

            timestamps[j + 1] = t;
            valueBits[j + 1] = v;
            if (!startTimestamps.IsEmpty)
            {
                startTimestamps[j + 1] = s;
            }
        }
    }

    private static int Deduplicate(Span<long> timestamps, Span<long> valueBits, Span<long> startTimestamps)
    {
        int last = 0;
        for (int i = 1; i < timestamps.Length; i++)
        {
            if (timestamps[i] != timestamps[last])
            {
                Copy(timestamps, valueBits, startTimestamps, i, ++last);
                continue;
            }

            int priority = SampleBits.ComparePriority(valueBits[i], valueBits[last]);
            if (priority > 0 || (priority == 0 && !startTimestamps.IsEmpty && startTimestamps[i] > startTimestamps[last]))
            {
                Copy(timestamps, valueBits, startTimestamps, i, last);
            }
        }

        return last + 1;
    }

    private static void Copy(Span<long> timestamps, Span<long> valueBits, Span<long> startTimestamps, int from, int to)
    {
        timestamps[to] = timestamps[from];
        valueBits[to] = valueBits[from];
        if (!startTimestamps.IsEmpty)
        {
            startTimestamps[to] = startTimestamps[from];
        }
    }
}
