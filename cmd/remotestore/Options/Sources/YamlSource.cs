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
        var mapping = new YamlOptionMapping(fileName, options);
        ReadDocument(content, fileName, mapping.Found.Errors, "options", parser => mapping.Read(parser, ""));
        return mapping.Found;
    }

    /// <summary>Reads a file of one document, which is a mapping or empty.</summary>
    /// <param name="content">The text.</param>
    /// <param name="fileName">Its name, for messages.</param>
    /// <param name="errors">Where faults go.</param>
    /// <param name="what">What the mapping is of, for messages.</param>
    /// <param name="read">Reads the mapping.</param>
    public static void ReadDocument(TextReader content, string fileName, ICollection<string> errors, string what, Action<IParser> read)
    {
        try
        {
            var parser = new Parser(content);
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                return;
            }

            if (parser.TryConsume<Scalar>(out Scalar? only))
            {
                if (only.Value.Length > 0)
                {
                    errors.Add($"{YamlOptionMapping.Origin(fileName, only.Start)}: a mapping of {what} is expected, not '{only.Value}'");
                }
            }
            else
            {
                read(parser);
            }

            parser.Consume<DocumentEnd>();
            if (parser.TryConsume<DocumentStart>(out DocumentStart? second))
            {
                errors.Add($"{YamlOptionMapping.Origin(fileName, second.Start)}: a second document; only one is read");
            }
        }
        catch (YamlException e)
        {
            errors.Add($"{YamlOptionMapping.Origin(fileName, e.Start)}: {e.Message}");
        }
    }
}
