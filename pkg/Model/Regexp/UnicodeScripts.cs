using System.Globalization;

namespace RemoteStore.Model.Regexp;

/// <summary>The scripts of Unicode, which .NET has no table of. The data is parsed once, script by script, when a pattern first names one.</summary>
internal static partial class UnicodeScripts
{
    private static readonly Lazy<Dictionary<string, Lazy<RuneClass>>> s_scripts = new(Read);

    /// <summary>Finds a script.</summary>
    /// <param name="name">In lower case without separators, such as <c>olditalic</c>.</param>
    /// <returns>Its code points, or null when there is no such script.</returns>
    public static RuneClass? Find(string name) => s_scripts.Value.TryGetValue(name, out Lazy<RuneClass>? script) ? script.Value : null;

    private static Dictionary<string, Lazy<RuneClass>> Read()
    {
        var scripts = new Dictionary<string, Lazy<RuneClass>>(StringComparer.Ordinal);
        foreach (string line in Data.Split('\n'))
        {
            string[] words = line.Split(' ');
            scripts.Add(words[0], new Lazy<RuneClass>(() => Parse(words.AsSpan(1))));
        }

        return scripts;
    }

    private static RuneClass Parse(ReadOnlySpan<string> ranges)
    {
        var list = new List<(int, int)>(ranges.Length);
        foreach (string range in ranges)
        {
            int dash = range.IndexOf('-', StringComparison.Ordinal);
            int lo = Hex(dash < 0 ? range : range.AsSpan(0, dash));
            list.Add((lo, dash < 0 ? lo : Hex(range.AsSpan(dash + 1))));
        }

        return RuneClass.Of(list);
    }

    private static int Hex(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
