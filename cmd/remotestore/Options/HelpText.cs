using System.Text;
using RemoteStore.Options;

namespace RemoteStore.Server.Options;

/// <summary>The page that <c>--help</c> prints.</summary>
internal static class HelpText
{
    private const int Width = 100;

    /// <summary>Renders the page.</summary>
    public static string Render(IReadOnlyList<OptionDescriptor<RemoteStoreOptions>> table)
    {
        var defaults = new RemoteStoreOptions();
        var page = new StringBuilder();
        page.Append("""
            remotestore: a long-term store for Prometheus metrics

            Usage: remotestore [options]

            Every option can be given as a flag (--name=value, --name value, or with one dash), as an
            environment variable (REMOTESTORE_ and the name in upper case, "." and "-" as "_"), or in the
            YAML file named by --config.file. Flags win over the environment, the environment over the file.

            """);
        foreach (IGrouping<string, OptionDescriptor<RemoteStoreOptions>> group in table.GroupBy(static option => option.Group, StringComparer.Ordinal))
        {
            page.Append('\n').Append(group.Key).Append(":\n");
            foreach (OptionDescriptor<RemoteStoreOptions> option in group)
            {
                string value = option.Format(defaults);
                page.Append("  --").Append(option.Name).Append(" <").Append(option.ValueName).Append(">\n");
                string shown = option.IsSecret ? "" : $" (default: {(value.Length == 0 ? "none" : value)})";
                AppendWrapped(page, option.Help + shown);
            }
        }

        return page.Append("""

            Other:
              --help
                  Print this page.
              --version
                  Print the version.

            Durations: 30d, 1h30m, 250ms. Sizes: 32MiB, 1GB, 65536.

            """).ToString();
    }

    private static void AppendWrapped(StringBuilder page, string text)
    {
        const string Indent = "      ";
        int column = 0;
        foreach (string word in text.Split(' '))
        {
            if (column == 0 || column + 1 + word.Length > Width)
            {
                page.Append(column == 0 ? "" : "\n").Append(Indent).Append(word);
                column = Indent.Length + word.Length;
            }
            else
            {
                page.Append(' ').Append(word);
                column += 1 + word.Length;
            }
        }

        page.Append('\n');
    }
}
