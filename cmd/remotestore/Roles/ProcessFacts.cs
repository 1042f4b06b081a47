using RemoteStore.Api;
using RemoteStore.Model;
using RemoteStore.Server.Hosting;
using RemoteStore.Server.Options;

namespace RemoteStore.Server.Roles;

/// <summary>What status endpoints tell of this process.</summary>
internal static class ProcessFacts
{
    /// <summary>Gathers it at the start of the process.</summary>
    public static ServerFacts Of(RemoteStoreOptions options, TimeProvider time) => new()
    {
        Version = $"{BuildInformation.PrometheusVersion}+remotestore.{BuildInformation.Version}",
        Revision = BuildInformation.Revision,
        Runtime = BuildInformation.Runtime,
        StartTime = time.GetUtcNow(),
        Retention = options.Storage.Retention == TimeSpan.Zero ? "" : PrometheusDuration.Format(options.Storage.Retention),
        Flags = OptionTable.All.ToDictionary(
            static option => option.Name, option => option.IsSecret && option.Format(options).Length > 0 ? ConfigPage.Hidden : option.Format(options)),
        Configuration = ConfigPage.Render(OptionTable.All, options),
    };
}
