using System.Reflection;
using System.Runtime.InteropServices;

namespace RemoteStore.Server.Hosting;

/// <summary>What was built.</summary>
internal static class BuildInformation
{
    /// <summary>Version of Prometheus whose HTTP API is served; clients choose label APIs by it.</summary>
    public const string PrometheusVersion = "3.14.0";

    private static readonly string[] s_version =
        (typeof(BuildInformation).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+', 2);

    /// <summary>Our version.</summary>
    public static string Version => s_version[0];

    /// <summary>Revision of the source, empty when the build did not know it.</summary>
    public static string Revision => s_version.Length > 1 ? s_version[1] : "";

    /// <summary>Version of the runtime.</summary>
    public static string Runtime => RuntimeInformation.FrameworkDescription;
}
