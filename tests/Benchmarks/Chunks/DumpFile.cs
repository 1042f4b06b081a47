using System.Diagnostics;
using System.Globalization;

namespace RemoteStore.Benchmarks.Chunks;

/// <summary>
/// Reads the captured scrapes, <c>exporters-5s.dump.xz</c> in the directory that REMOTESTORE_DATA names, or in <c>../shared/data</c> beside the repository. A line is
/// <c>{label="value", …} VALUE TIMESTAMP_MS</c>, grouped by series.
/// </summary>
internal static class DumpFile
{
    /// <summary>Where the file is, or null.</summary>
    public static string? Find()
    {
        string? directory = Environment.GetEnvironmentVariable("REMOTESTORE_DATA");
        for (string? at = AppContext.BaseDirectory; directory is null && at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, "RemoteStore.sln")))
            {
                directory = Path.Combine(at, "..", "shared", "data");
            }
        }

        string? file = directory is null ? null : Path.Combine(directory, "exporters-5s.dump.xz");
        return File.Exists(file) ? file : null;
    }

    /// <summary>All series, sorted by metric name, then by their labels as text.</summary>
    public static List<DumpSeries> Read(string path)
    {
        var start = new ProcessStartInfo("xz") { RedirectStandardOutput = true, ArgumentList = { "-dc", path } };
        using Process decompressor = Process.Start(start) ?? throw new InvalidOperationException("xz does not start");
        List<(string Text, DumpSeries Series)> all = [];
        List<long> timestamps = [];
        List<long> bits = [];
        string current = "";
        while (decompressor.StandardOutput.ReadLine() is { } line)
        {
            int close = line.LastIndexOf('}') + 1;
            if (!line.AsSpan(0, close).SequenceEqual(current))
            {
                Close();
                current = line[..close];
            }

            int space = line.LastIndexOf(' ');
            timestamps.Add(long.Parse(line.AsSpan(space + 1), CultureInfo.InvariantCulture));
            bits.Add(BitConverter.DoubleToInt64Bits(ParseValue(line.AsSpan((close + 1)..space))));
        }

        Close();
        all.Sort(static (left, right) => (left.Series.Name, left.Text).CompareTo((right.Series.Name, right.Text)));
        return [.. all.Select(static entry => entry.Series)];

        void Close()
        {
            if (timestamps.Count > 0)
            {
                List<KeyValuePair<string, string>> labels = ParseLabels(current);
                all.Add((current, new DumpSeries(labels.Find(static label => label.Key == "__name__").Value, labels, [.. timestamps], [.. bits])));
                timestamps.Clear();
                bits.Clear();
            }
        }
    }

    private static double ParseValue(ReadOnlySpan<char> text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static List<KeyValuePair<string, string>> ParseLabels(string text)
    {
        List<KeyValuePair<string, string>> labels = [];
        int at = 1;
        while (text[at] != '}')
        {
            int equals = text.IndexOf('=', at);
            string name = text[at..equals];
            var value = new System.Text.StringBuilder();
            for (at = equals + 2; text[at] != '"'; at++)
            {
                if (text[at] == '\\')
                {
                    at++;
                    value.Append(text[at] == 'n' ? '\n' : text[at]);
                }
                else
                {
                    value.Append(text[at]);
                }
            }

            labels.Add(new(name, value.ToString()));
            at++;
            at += text[at] == ',' ? 2 : 0;
        }

        return labels;
    }
}
