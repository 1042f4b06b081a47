using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Series;

namespace RemoteStore.PromQL.Testing;

/// <summary>A line <c>metric@st -30s -1m-1mx2</c>: start timestamps of the samples on the next line, as offsets from those samples.</summary>
/// <param name="Labels">The metric.</param>
/// <param name="OffsetsMs">Offsets by position, null for none.</param>
public sealed partial record StartSequence(LabelSet Labels, IReadOnlyList<long?> OffsetsMs)
{
    private const int MaxPositions = 10_000_000;

    /// <summary>Reads a line; false when it is not of this kind.</summary>
    /// <param name="line">The line.</param>
    /// <param name="number">Its number, for errors.</param>
    /// <param name="sequence">What it says.</param>
    /// <exception cref="ScriptException">It is of this kind, but malformed.</exception>
    public static bool TryParse(string line, int number, [NotNullWhen(true)] out StartSequence? sequence)
    {
        ArgumentNullException.ThrowIfNull(line);
        sequence = null;
        Match match = Line().Match(line);
        if (!match.Success ||
            !SeriesDescription.TryParseLabels(match.Groups["metric"].Value, out IReadOnlyList<KeyValuePair<string, string>>? labels, out _))
        {
            return false;
        }

        sequence = new StartSequence(LabelSet.FromPairs(labels), Expand(match.Groups["items"].Value, number));
        return true;
    }

    /// <summary>Expands items such as <c>_x2 -30s -1m-1mx2</c>.</summary>
    /// <exception cref="ScriptException">An item is malformed.</exception>
    public static IReadOnlyList<long?> Expand(string items, int number)
    {
        ArgumentNullException.ThrowIfNull(items);
        var offsets = new List<long?>();
        foreach (string item in items.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            Match match = Item().Match(item);
            if (!match.Success)
            {
                throw new ScriptException(number, $"invalid start timestamp \"{item}\"");
            }

            bool hasTimes = match.Groups["times"].Success;
            if (!int.TryParse(hasTimes ? match.Groups["times"].Value : "0", NumberStyles.None, CultureInfo.InvariantCulture, out int times)
                || times + offsets.Count > MaxPositions)
            {
                throw new ScriptException(number, $"invalid repetition in \"{item}\"");
            }

            if (item[0] == '_')
            {
                if (hasTimes && times == 0)
                {
                    throw new ScriptException(number, $"invalid repetition in \"{item}\"");
                }

                offsets.AddRange(Enumerable.Repeat<long?>(null, hasTimes ? times : 1));
                continue;
            }

            if (match.Groups["step"].Success && !hasTimes)
            {
                throw new ScriptException(number, $"missing repetition in \"{item}\"");
            }

            long first = Signed(match.Groups["first"].Value, number);
            long step = match.Groups["step"].Success ? Signed(match.Groups["step"].Value, number) : 0;
            for (int i = 0; i <= times; i++)
            {
                offsets.Add(first + (i * step));
            }
        }

        return offsets;
    }

    [GeneratedRegex(@"^(?<metric>.*[^\s])@st(?:\s+(?<items>.*))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Line();

    [GeneratedRegex(@"^(?:_|(?<first>[+-]?[0-9][0-9a-wyz]*)(?<step>[+-][0-9][0-9a-wyz]*)?)(?:x(?<times>[0-9]+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Item();

    private static long Signed(string text, int number)
    {
        bool negative = text[0] == '-';
        string bare = text[0] is '+' or '-' ? text[1..] : text;
        if (!PrometheusDuration.TryParse(bare, out TimeSpan duration, out string? error))
        {
            throw new ScriptException(number, error);
        }

        long milliseconds = (long)duration.TotalMilliseconds;
        return negative ? -milliseconds : milliseconds;
    }
}
