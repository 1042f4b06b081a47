using System.Globalization;
using RemoteStore.Options;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace RemoteStore.Server.Options.Sources;

/// <summary>Reads a mapping whose key paths, joined by dots, are names of options.</summary>
/// <param name="fileName">Name of the file, for messages.</param>
/// <param name="options">Known options by name.</param>
internal sealed class YamlOptionMapping(string fileName, IReadOnlyDictionary<string, OptionDescriptor<RemoteStoreOptions>> options)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>What was read.</summary>
    public OptionSettings Found { get; } = new();

    /// <summary>A place in a file, for messages.</summary>
    public static string Origin(string fileName, Mark mark) => string.Create(CultureInfo.InvariantCulture, $"{fileName}:{mark.Line}");

    /// <summary>Reads a mapping.</summary>
    /// <param name="parser">At its start.</param>
    /// <param name="prefix">Path of the mapping, with a dot behind it; empty at the top.</param>
    public void Read(IParser parser, string prefix)
    {
        parser.Consume<MappingStart>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Scalar key = parser.Consume<Scalar>();
            string name = prefix + key.Value;
            string origin = Origin(fileName, key.Start);
            bool isOption = options.ContainsKey(name);
            bool isSection = options.Keys.Any(option => option.StartsWith(name + ".", StringComparison.Ordinal));
            if (!isOption && !isSection)
            {
                Found.Errors.Add($"{origin}: unknown option {name}{Suggestion.For(name, options.Keys)}");
                parser.SkipThisAndNestedEvents();
            }
            else if (parser.Accept<MappingStart>(out _) && isSection)
            {
                Read(parser, name + ".");
            }
            else if (!isOption && parser.Accept<Scalar>(out Scalar? value) && value.Value is "" or "~" or "null")
            {
                parser.SkipThisAndNestedEvents(); // a section whose every line is commented out
            }
            else
            {
                ReadValue(parser, name, origin, isOption);
            }
        }
    }

    private void ReadValue(IParser parser, string name, string origin, bool isOption)
    {
        string? value = null;
        if (isOption && parser.TryConsume<Scalar>(out Scalar? scalar))
        {
            value = scalar.Value;
        }
        else if (isOption && parser.Accept<SequenceStart>(out _))
        {
            value = ReadList(parser);
        }
        else
        {
            parser.SkipThisAndNestedEvents();
        }

        if (value is null)
        {
            Found.Errors.Add($"{origin}: {name} {(isOption ? "takes a value, not a mapping" : "is a section of options, not a value")}");
        }
        else if (!_seen.Add(name))
        {
            Found.Errors.Add($"{origin}: {name} is set twice");
        }
        else
        {
            Found.Settings.Add(new(name, value, origin));
        }
    }

    private static string ReadList(IParser parser)
    {
        var items = new List<string>();
        parser.Consume<SequenceStart>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(parser.Consume<Scalar>().Value);
        }

        return string.Join(',', items);
    }
}
