using System.Text.RegularExpressions;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Series;

namespace RemoteStore.PromQL.Testing;

/// <summary>Reads a script.</summary>
internal sealed partial class ScriptParser
{
    private readonly string[] _lines;
    private int _next;

    private ScriptParser(string text) =>
        _lines = [.. text.Split('\n').Select(static line => line.Trim()).Select(static line => line.StartsWith('#') ? "" : line)];

    /// <summary>Reads all commands.</summary>
    /// <exception cref="ScriptException">The script is not well formed.</exception>
    public static IReadOnlyList<Command> Parse(string text) => new ScriptParser(text).Run();

    [GeneratedRegex(@"^eval(?:_(?<kind>fail|warn|ordered|info))?\s+instant\s+at\s+(?<at>\S+)\s+(?<query>.+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex InstantLine();

    [GeneratedRegex(
        @"^eval(?:_(?<kind>fail|warn|info))?\s+range\s+from\s+(?<start>\S+)\s+to\s+(?<end>\S+)\s+step\s+(?<step>\S+)\s+(?<query>.+)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RangeLine();

    [GeneratedRegex(@"^expect\s+(?<type>ordered|fail|warn|info|no_warn|no_info)(?:\s+(?<match>regex|msg):(?<text>.+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex ExpectLine();

    [GeneratedRegex(@"^expect\s+range\s+vector\s+from\s+(?<start>\S+)\s+to\s+(?<end>\S+)\s+step\s+(?<step>\S+)$", RegexOptions.CultureInvariant)]
    private static partial Regex ExpectRangeLine();

    private List<Command> Run()
    {
        var commands = new List<Command>();
        while (_next < _lines.Length)
        {
            string line = _lines[_next];
            string word = line.Split([' ', '\t'], 2)[0].ToUpperInvariant();
            if (line.Length == 0)
            {
                _next++;
            }
            else if (word == "CLEAR")
            {
                commands.Add(new ClearCommand(++_next));
            }
            else if (word.StartsWith("LOAD", StringComparison.Ordinal))
            {
                commands.Add(ParseLoad(line, word));
            }
            else if (word.StartsWith("EVAL", StringComparison.Ordinal))
            {
                commands.Add(ParseEval(line));
            }
            else
            {
                throw Fault($"invalid command \"{line}\"");
            }
        }

        return commands;
    }

    private LoadCommand ParseLoad(string line, string word)
    {
        int number = _next + 1;
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2 || word is not ("LOAD" or "LOAD_WITH_NHCB"))
        {
            throw Fault("invalid load command. (load[_with_nhcb] <step:duration>)");
        }

        long interval = Duration(words[1]);
        var series = new List<LoadedSeries>();
        StartSequence? starts = null;
        for (_next++; _next < _lines.Length && _lines[_next].Length > 0; _next++)
        {
            if (StartSequence.TryParse(_lines[_next], _next + 1, out StartSequence? sequence))
            {
                starts = starts is null ? sequence : throw Fault("start timestamps must be followed by the samples of their series");
                continue;
            }

            SeriesDescription description = Series();
            LabelSet labels = LabelSet.FromPairs(description.Labels);
            if (starts is not null && (starts.Labels != labels || starts.OffsetsMs.Count != description.Values.Count))
            {
                throw Fault("start timestamps and samples are of different series or of different number");
            }

            series.Add(new LoadedSeries(labels, description.Values, starts?.OffsetsMs));
            starts = null;
        }

        return starts is null
            ? new LoadCommand(number, interval, word == "LOAD_WITH_NHCB", series)
            : throw Fault("start timestamps must be followed by the samples of their series");
    }

    private EvalCommand ParseEval(string line)
    {
        int number = _next + 1;
        Match match = InstantLine().Match(line);
        bool instant = match.Success;
        match = instant ? match : RangeLine().Match(line);
        if (!match.Success)
        {
            throw Fault("invalid evaluation command. Must be either 'eval instant at <offset:duration> <query>' or 'eval range from <from> to <to> step <step> <query>'");
        }

        string query = match.Groups["query"].Value;
        QueryRequest request;
        if (instant)
        {
            request = QueryRequest.Instant(query, Duration(match.Groups["at"].Value));
        }
        else
        {
            request = new QueryRequest(
                query, Duration(match.Groups["start"].Value), Duration(match.Groups["end"].Value), Duration(match.Groups["step"].Value));
            if (request.EndMs < request.StartMs || request.StepMs == 0)
            {
                throw Fault("invalid evaluation range");
            }
        }

        var command = new EvalCommand(number, request);
        ApplyKind(command, match.Groups["kind"].Value.ToUpperInvariant());
        for (_next++; _next < _lines.Length && _lines[_next].Length > 0; _next++)
        {
            if (!ParseExpectation(command, _lines[_next], instant))
            {
                _next++;
                break;
            }
        }

        if ((command.NoWarnings && command.Warnings.Count > 0) || (command.NoInfos && command.Infos.Count > 0))
        {
            throw Fault("invalid expect lines, a kind of annotation is both expected and excluded");
        }

        return command;
    }

    private static void ApplyKind(EvalCommand command, string kind)
    {
        command.FailsAnyhow = kind == "FAIL";
        command.WarnsAnyhow = kind == "WARN";
        command.InformsAnyhow = kind == "INFO";
        command.Ordered = kind == "ORDERED";
    }

    /// <summary>Reads one line of an evaluation's block; false when it ends the block.</summary>
    private bool ParseExpectation(EvalCommand command, string line, bool instant)
    {
        if (command.FailsAnyhow && OldFailure(command, line))
        {
            return false;
        }

        if (line.StartsWith("expect ", StringComparison.Ordinal) || line.StartsWith("expect\t", StringComparison.Ordinal))
        {
            ParseExpect(command, line, instant);
            return true;
        }

        if (TryNumber(line, out double number))
        {
            command.Scalar = number;
            return false;
        }

        SeriesDescription description = Series();
        LabelSet labels = LabelSet.FromPairs(description.Labels);
        if (instant && command.RangeVector is null && description.Values.Count > 1)
        {
            throw Fault("expecting multiple values in instant evaluation not allowed");
        }

        _ = command.Series.RemoveAll(known => known.Labels == labels); // the last line about a series counts
        command.Series.Add(new ExpectedSeries(_next + 1, labels, description.Values));
        return true;
    }

    private bool OldFailure(EvalCommand command, string line)
    {
        if (line.StartsWith("expected_fail_message", StringComparison.Ordinal))
        {
            command.Failures.Add(new TextExpectation(line["expected_fail_message".Length..].Trim(), null));
            return true;
        }

        if (line.StartsWith("expected_fail_regexp", StringComparison.Ordinal))
        {
            command.Failures.Add(new TextExpectation(null, Pattern(line["expected_fail_regexp".Length..].Trim())));
            return true;
        }

        return false;
    }

    private void ParseExpect(EvalCommand command, string line, bool instant)
    {
        string rest = line["expect".Length..].Trim();
        if (rest.StartsWith("string", StringComparison.Ordinal))
        {
            string quoted = rest["string".Length..].Trim();
            command.Text = instant && PromQLParser.TryParse(quoted, out Parser.Syntax.Expr? literal, out _) && literal is Parser.Syntax.StringLiteral text
                ? text.Value
                : throw Fault($"expected string literal not valid - {quoted}");
            return;
        }

        Match range = ExpectRangeLine().Match(line);
        if (range.Success && instant)
        {
            command.RangeVector = (Duration(range.Groups["start"].Value), Duration(range.Groups["end"].Value), Duration(range.Groups["step"].Value));
            return;
        }

        Match match = ExpectLine().Match(line);
        if (!match.Success)
        {
            throw Fault($"invalid expect line: {line}");
        }

        string value = match.Groups["text"].Value.Trim();
        var expectation = match.Groups["match"].Value switch
        {
            "msg" => new TextExpectation(value, null),
            "regex" => new TextExpectation(null, Pattern(value)),
            _ => new TextExpectation(null, null),
        };
        Apply(command, match.Groups["type"].Value, expectation, instant);
    }

    private void Apply(EvalCommand command, string type, TextExpectation expectation, bool instant)
    {
        switch (type)
        {
            case "ordered":
                command.Ordered = instant ? true : throw Fault("expecting ordered result from a range query is not allowed");
                break;
            case "fail":
                command.Failures.Add(command.Failures.Count == 0 ? expectation : throw Fault("invalid expect lines, multiple expect fail lines are not allowed"));
                break;
            case "warn":
                command.Warnings.Add(expectation);
                break;
            case "info":
                command.Infos.Add(expectation);
                break;
            case "no_warn":
                command.NoWarnings = true;
                break;
            default:
                command.NoInfos = true;
                break;
        }
    }

    private SeriesDescription Series() => SeriesDescription.TryParse(_lines[_next], out SeriesDescription? description, out IReadOnlyList<ParseFault>? faults)
        ? description
        : throw Fault(faults[0].ToString());

    private Model.Regexp.Re2Regex Pattern(string pattern) =>
        Model.Regexp.Re2Regex.TryParse($"(?s:.*)(?-s:{pattern})(?s:.*)", out Model.Regexp.Re2Regex? regex, out string? error) ? regex : throw Fault(error);

    private long Duration(string text) => PrometheusDuration.TryParse(text, out TimeSpan duration, out string? error)
        ? (long)duration.TotalMilliseconds
        : throw Fault(error);

    private static bool TryNumber(string line, out double number)
    {
        number = 0;
        return PromQLParser.TryParse(line, out Parser.Syntax.Expr? expression, out _) && expression is Parser.Syntax.NumberLiteral literal
            && Assign(literal.Value, out number);
    }

    private static bool Assign(double value, out double number)
    {
        number = value;
        return true;
    }

    private ScriptException Fault(string message) => new(_next + 1, message);
}
