using System.Text;
using RemoteStore.Options;

namespace RemoteStore.Server.Options;

/// <summary>The options in force as YAML that <c>--config.file</c> reads back, secrets hidden.</summary>
internal static class ConfigPage
{
    /// <summary>What stands for a secret.</summary>
    public const string Hidden = "<secret>";

    /// <summary>Renders the page: plain names first, then each section.</summary>
    public static string Render(IReadOnlyList<OptionDescriptor<RemoteStoreOptions>> table, RemoteStoreOptions options)
    {
        var page = new StringBuilder();
        string section = "";
        foreach (OptionDescriptor<RemoteStoreOptions> option in table.OrderBy(static option => Section(option.Name), StringComparer.Ordinal))
        {
            if (Section(option.Name) != section)
            {
                section = Section(option.Name);
                page.Append(section).Append(":\n");
            }

            string name = section.Length == 0 ? option.Name : "  " + option.Name[(section.Length + 1)..];
            string value = option.Format(options);
            string line = $"{name}: {Quote(option.IsSecret && value.Length > 0 ? Hidden : value)}\n";

            // The file cannot name itself; its name is only of interest to the reader.
            page.Append(option.Name == "config.file" ? "  # " + line.TrimStart() : line);
        }

        return page.ToString();
    }

    private static string Section(string name) => name.Contains('.', StringComparison.Ordinal) ? name[..name.IndexOf('.', StringComparison.Ordinal)] : "";

    private static string Quote(string value)
    {
        bool plain = value.Length > 0 && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '_' or '-') && char.IsAsciiLetterOrDigit(value[0]);
        return plain ? value : "'" + value.Replace("'", "''", StringComparison.Ordinal) + "'";
    }
}
