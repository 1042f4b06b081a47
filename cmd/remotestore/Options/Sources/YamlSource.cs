using System.Globalization;
using RemoteStore.Options;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace RemoteStore.Server.Options.Sources;

/// <summary>
/// A YAML file of nested mappings whose key paths, joined by dots, are option names: <c>storage: { flush-interval: 10s }</c> is the same as
/// <c>storage.flush-interval: 10s</c>. A list of values stands for the values joined by commas.
/// </summary>
internal static class YamlSource
{
    /// <summary>Reads a file.</summary>
    /// <param name="content">The text.</param>
    /// <param name="fileName">Its name, for messages.</param>
    /// <param name="options">Known options by name.</param>
    public static OptionSettings Read(TextReader content, string fileName, IReadOnlyDictionary<string, OptionDescriptor<RemoteStoreOptions>> options)
    {
        var found = new OptionSettings();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            var parser = new Parser(content);
            parser.Consume<StreamStart>();
            if (parser.TryConsume<DocumentStart>(out _))
            {
                if (parser.TryConsume<Scalar>(out Scalar? only))
                {
                    if (only.Value.Length > 0)
                    {
                        found.Errors.Add($"{Origin(fileName, only.Start)}: a mapping of options is expected, not '{only.Value}'");
                    }
                }
                else
                {
                    ReadMapping(parser, "");
                }

                parser.Consume<DocumentEnd>();
                if (parser.TryConsume<DocumentStart>(out DocumentStart? second))
                {
                    found.Errors.Add($"{Origin(fileName, second.Start)}: a second document; only one is read");
                }
            }
        }
        catch (YamlException e)
        {
            found.Errors.Add($"{Origin(fileName, e.Start)}: {e.Message}");
        }

        return found;

        void ReadMapping(IParser parser, string prefix)
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
                    found.Errors.Add($"{origin}: unknown option {name}{Suggestion.For(name, options.Keys)}");
                    parser.SkipThisAndNestedEvents();
                }
                else if (parser.Accept<MappingStart>(out _) && isSection)
                {
                    ReadMapping(parser, name + ".");
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

        void ReadValue(IParser parser, string name, string origin, bool isOption)
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
                found.Errors.Add($"{origin}: {name} {(isOption ? "takes a value, not a mapping" : "is a section of options, not a value")}");
            }
            else if (!seen.Add(name))
            {
                found.Errors.Add($"{origin}: {name} is set twice");
            }
            else
            {
                found.Settings.Add(new(name, value, origin));
            }
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

    private static string Origin(string fileName, Mark mark) => string.Create(CultureInfo.InvariantCulture, $"{fileName}:{mark.Line}");
}
