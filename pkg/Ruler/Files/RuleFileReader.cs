using RemoteStore.Ruler.Yaml;

namespace RemoteStore.Ruler.Files;

/// <summary>
/// Reads rule files as Prometheus 3.14 does: strictly, and with all that is wrong at once, each with its place. Whatever the text is, it ends in groups or in faults.
/// Safe for concurrent use.
/// </summary>
public static class RuleFileReader
{
    /// <summary>Reads a file with a list of groups.</summary>
    /// <param name="file">What the file is called in faults and groups.</param>
    /// <param name="utf8">Its text.</param>
    /// <param name="options">What it may hold; null for the defaults.</param>
    public static RuleFile Read(string file, ReadOnlySpan<byte> utf8, RuleFileOptions? options = null) =>
        Read(file, utf8, options ?? RuleFileOptions.Default, static (builder, root) => builder.Groups(root));

    /// <summary>Reads a single group, as the rule API takes it.</summary>
    /// <param name="file">What its file is called in faults and in the group.</param>
    /// <param name="utf8">The text.</param>
    /// <param name="options">What it may hold; null for the defaults.</param>
    /// <returns>One group, or faults.</returns>
    public static RuleFile ReadGroup(string file, ReadOnlySpan<byte> utf8, RuleFileOptions? options = null) =>
        Read(file, utf8, options ?? RuleFileOptions.Default, static (builder, root) => builder.SingleGroup(root));

    private static RuleFile Read(string file, ReadOnlySpan<byte> utf8, RuleFileOptions options, Func<RuleFileBuilder, YamlValue?, IReadOnlyList<RuleGroup>> build)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (utf8.Length > options.MaxFileBytes)
        {
            return Refused(file, new YamlFault(default, FormattableString.Invariant($"the file has {utf8.Length} bytes, more than the {options.MaxFileBytes} that rule files may have")));
        }

        if (!YamlTree.TryRead(utf8, out YamlValue? root, out YamlFault? fault))
        {
            return Refused(file, fault);
        }

        var builder = new RuleFileBuilder(file, options);
        IReadOnlyList<RuleGroup> groups = build(builder, root);
        List<RuleFileFault> faults = [.. builder.Faults.OrderBy(static one => one.Position.Line).ThenBy(static one => one.Position.Column)];
        return new RuleFile(file, faults.Count == 0 ? groups : [], faults);
    }

    private static RuleFile Refused(string file, YamlFault fault) => new(file, [], [new RuleFileFault(file, fault.Position, fault.Reason)]);
}
