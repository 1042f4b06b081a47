using RemoteStore.Ruler.Files;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace RemoteStore.Ruler.Yaml;

/// <summary>Puts the events of a parser together to a tree: anchors, aliases, merges.</summary>
/// <param name="parser">Where the events come from.</param>
internal sealed class YamlComposer(IParser parser)
{
    private const int MaxDepth = 100;

    /// <summary>Most values that a document may stand for, aliases written out.</summary>
    private const long MaxSize = 10_000_000;

    private readonly Dictionary<string, YamlValue?> _anchors = new(StringComparer.Ordinal);
    private long _mergedEntries;

    /// <summary>The first document; null when there is none.</summary>
    /// <exception cref="YamlException">It is not well formed.</exception>
    /// <exception cref="YamlRefusedException">It is not read.</exception>
    public YamlValue? Compose()
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
        {
            return null;
        }

        YamlValue root = Value(0);
        parser.Consume<DocumentEnd>();
        return root;
    }

    /// <summary>A place of the parser's.</summary>
    public static SourcePosition Position(in Mark mark) => new((int)Math.Min(mark.Line, int.MaxValue), (int)Math.Min(mark.Column, int.MaxValue));

    private YamlValue Value(int depth)
    {
        if (parser.Current is AnchorAlias alias)
        {
            parser.MoveNext();
            SourcePosition position = Position(alias.Start);
            return !_anchors.TryGetValue(alias.Value.Value, out YamlValue? value) ? throw new YamlRefusedException(position, $"yaml: unknown anchor '{alias.Value.Value}' referenced")
                : value ?? throw new YamlRefusedException(position, $"yaml: anchor '{alias.Value.Value}' value contains itself");
        }

        NodeEvent node = parser.Current as NodeEvent ?? throw new UnreachableEventException(parser.Current);
        SourcePosition start = Position(node.Start);
        if (depth > MaxDepth)
        {
            throw new YamlRefusedException(start, $"yaml: nested deeper than {MaxDepth}");
        }

        string? anchor = node.Anchor.IsEmpty ? null : node.Anchor.Value;
        if (anchor is not null)
        {
            _anchors[anchor] = null;
        }

        YamlValue read = node switch
        {
            SequenceStart => Sequence(start, depth),
            MappingStart => Mapping(start, depth),
            _ => Scalar(parser.Consume<Scalar>()),
        };
        if (read.Size > MaxSize)
        {
            throw new YamlRefusedException(start, $"yaml: document stands for more than {MaxSize} values");
        }

        if (anchor is not null)
        {
            _anchors[anchor] = read;
        }

        return read;
    }

    private static YamlScalar Scalar(Scalar scalar)
    {
        bool isText = scalar.Tag is { IsEmpty: false, IsNonSpecific: false } tag && tag.Value == "tag:yaml.org,2002:str";
        return new YamlScalar(Position(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain && !isText);
    }

    private YamlSequence Sequence(SourcePosition start, int depth)
    {
        parser.Consume<SequenceStart>();
        var items = new List<YamlValue>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Value(depth + 1));
        }

        return new YamlSequence(start, items);
    }

    private YamlMapping Mapping(SourcePosition start, int depth)
    {
        parser.Consume<MappingStart>();
        var entries = new List<KeyValuePair<YamlScalar, YamlValue>>();
        var merged = new List<YamlMapping>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            YamlValue key = Value(depth + 1);
            YamlValue value = Value(depth + 1);
            if (key is not YamlScalar name)
            {
                throw new YamlRefusedException(key.Position, "yaml: a list or mapping cannot be the name of a field");
            }

            if (name is { IsPlain: true, Text: "<<" })
            {
                merged.AddRange(Merged(value));
            }
            else
            {
                entries.Add(new(name, value));
            }
        }

        Merge(start, entries, merged);
        return new YamlMapping(start, entries);
    }

    /// <summary>What a field of its own has wins; of several mappings the first.</summary>
    private void Merge(SourcePosition start, List<KeyValuePair<YamlScalar, YamlValue>> entries, List<YamlMapping> merged)
    {
        if (merged.Count == 0)
        {
            return;
        }

        var names = new HashSet<string>(entries.Select(static entry => entry.Key.Text), StringComparer.Ordinal);
        foreach (YamlMapping mapping in merged)
        {
            _mergedEntries += mapping.Entries.Count;
            if (_mergedEntries > MaxSize)
            {
                throw new YamlRefusedException(start, $"yaml: more than {MaxSize} merged fields");
            }

            entries.AddRange(mapping.Entries.Where(entry => names.Add(entry.Key.Text)));
        }
    }

    private static IEnumerable<YamlMapping> Merged(YamlValue value) => value switch
    {
        YamlMapping mapping => [mapping],
        YamlSequence list => list.Items.Select(static item => item as YamlMapping ?? throw NotMergeable(item)),
        _ => throw NotMergeable(value),
    };

    private static YamlRefusedException NotMergeable(YamlValue value) => new(value.Position, "yaml: map merge requires map or sequence of maps as the value");

    /// <summary>The parser gave something between nodes where a node has to be.</summary>
    private sealed class UnreachableEventException(ParsingEvent? at) : InvalidOperationException($"a YAML parser gave {at?.GetType().Name ?? "nothing"} in place of a value");
}
