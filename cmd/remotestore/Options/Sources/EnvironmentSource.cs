using System.Text.RegularExpressions;
using RemoteStore.Options;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Server.Options.Sources;

/// <summary>Environment variables: <c>REMOTESTORE_</c> and the option's name in upper case, <c>.</c> and <c>-</c> as <c>_</c>. An empty variable is as good as none.</summary>
internal static partial class EnvironmentSource
{
    // Read elsewhere: by fault-injection code and by the tests.
    private static readonly string[] s_otherUses = [Failpoints.EnvironmentVariable, "REMOTESTORE_CONFORMANCE", "REMOTESTORE_REQUIRE_PEERS", "REMOTESTORE_SERVER"];

    /// <summary>Reads all variables with the prefix.</summary>
    public static OptionSettings Read(IEnumerable<KeyValuePair<string, string>> environment, IEnumerable<OptionDescriptor<RemoteStoreOptions>> options)
    {
        var found = new OptionSettings();
        Dictionary<string, OptionDescriptor<RemoteStoreOptions>> byVariable = options.ToDictionary(static option => option.EnvironmentName, StringComparer.Ordinal);
        foreach ((string variable, string value) in environment.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (!variable.StartsWith(OptionNames.EnvironmentPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            if (byVariable.TryGetValue(variable, out OptionDescriptor<RemoteStoreOptions>? option))
            {
                if (value.Length > 0)
                {
                    found.Settings.Add(new(option.Name, value, $"environment {variable}"));
                }
            }
            else if (!s_otherUses.Contains(variable, StringComparer.Ordinal) && !ServiceLink().IsMatch(variable))
            {
                found.Errors.Add($"environment {variable}: unknown option{Suggestion.For(variable, byVariable.Keys)}");
            }
        }

        return found;
    }

    /// <summary>Kubernetes and Docker links put these in every container beside a service called <c>remotestore…</c>; they are not meant for us.</summary>
    [GeneratedRegex(@"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT|PORT_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)\z")]
    private static partial Regex ServiceLink();
}
