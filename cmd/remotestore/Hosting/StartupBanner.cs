using System.Text;
using RemoteStore.Model;
using RemoteStore.Server.Options;

namespace RemoteStore.Server.Hosting;

/// <summary>What a person reads after starting the process: what listens where, and what to do next.</summary>
internal static class StartupBanner
{
    /// <summary>Renders the text.</summary>
    /// <param name="options">The options in force.</param>
    /// <param name="port">Port that HTTP is served on.</param>
    /// <param name="machineName">Name of this machine, for listeners on all addresses.</param>
    public static string Render(RemoteStoreOptions options, int port, string machineName)
    {
        string url = Url(options, port, machineName);
        string keep = options.Storage.Retention == TimeSpan.Zero ? "kept for ever" : $"kept for {PrometheusDuration.Format(options.Storage.Retention)}";
        var text = new StringBuilder();
        text.Append($"""
            RemoteStore {BuildInformation.Version}, target {options.Server.Target}
              HTTP   {url}
              data   {Path.GetFullPath(options.Storage.DataDirectory)}, {keep}

            Send samples here: add to prometheus.yml
              remote_write:
                - url: {url}/api/v1/write

            """);
        if (options.Multitenancy.Enabled)
        {
            text.Append("""
                      headers:
                        X-Scope-OrgID: name-of-the-tenant

                """);
        }

        return text.Append($"""

            Look at them: add a Prometheus datasource in Grafana with the URL
              {url}

            {url}/ lists what is served, {url}/-/ready says when it is. Stop with Ctrl+C or SIGTERM.

            """).ToString();
    }

    private static string Url(RemoteStoreOptions options, int port, string machineName)
    {
        string host = options.Server.Listen.Host switch
        {
            "" or "0.0.0.0" or "::" => machineName,
            string v6 when v6.Contains(':', StringComparison.Ordinal) => $"[{v6}]",
            string other => other,
        };
        return FormattableString.Invariant($"http://{host}:{port}");
    }
}
