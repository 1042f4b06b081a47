using System.Text;
using RemoteStore.Model;
using RemoteStore.Model.Labels;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>Which rules are evaluated, when, and what surrounds them.</summary>
public sealed record RulerOptions
{
    /// <summary>Option behind <see cref="Files"/>, for messages.</summary>
    public const string FilesOption = "rules.files";

    /// <summary>Rule files, separated by commas; each may have <c>*</c> and <c>?</c> in its last part.</summary>
    public string Files { get; init; } = "";

    /// <summary>Tenant of the rules in files.</summary>
    public string FilesTenant { get; init; } = TenantId.Anonymous.Name;

    /// <summary>How often files are looked at for changes; 0 = only when asked.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the rules of the rule API are looked at that another process may have changed, a listing of each tenant; 0 = only when asked.</summary>
    public TimeSpan StoredPollInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Interval of groups that do not say.</summary>
    public TimeSpan EvaluationInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How far behind the clock groups are evaluated that do not say.</summary>
    public TimeSpan QueryOffset { get; init; }

    /// <summary>How long to wait before an alert that did not change is told again.</summary>
    public TimeSpan ResendDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest outage after which the clocks of pending alerts go on.</summary>
    public TimeSpan ForOutageTolerance { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long an alert whose <c>for</c> is at least as long stays pending after a restart, at least.</summary>
    public TimeSpan ForGracePeriod { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Rules of a tenant that are evaluated at once; further ones wait.</summary>
    public int MaxConcurrency { get; init; } = 4;

    /// <summary>True to evaluate rules of a group that do not depend on each other at once.</summary>
    public bool ConcurrentRules { get; init; }

    /// <summary>True to serve the API that changes rules.</summary>
    public bool EnableApi { get; init; } = true;

    /// <summary>Address of this installation as users reach it; empty = made of the address that is listened on.</summary>
    public string ExternalUrl { get; init; } = "";

    /// <summary>Labels of this installation: <c>name=value</c>, separated by commas.</summary>
    public string ExternalLabels { get; init; } = "";

    /// <summary><see cref="FilesTenant"/>, parsed.</summary>
    public TenantId TenantOfFiles => TenantId.Parse(FilesTenant);

    /// <summary><see cref="Files"/>, each.</summary>
    public IReadOnlyList<string> FilePatterns => Split(Files);

    /// <summary><see cref="ExternalLabels"/>, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ExternalLabelPairs =>
        [.. Split(ExternalLabels).Select(static label => label.Split('=', 2)).Select(static parts => KeyValuePair.Create(parts[0].Trim(), parts[1].Trim()))];

    /// <summary>Faults of the values, empty when they are usable.</summary>
    public IEnumerable<string> Validate()
    {
        if (!TenantId.TryParse(FilesTenant, out _, out string? error))
        {
            yield return $"rules.files-tenant: {error}";
        }

        foreach (string pattern in FilePatterns.Where(static pattern => (Path.GetDirectoryName(pattern) ?? "").AsSpan().IndexOfAny("*?[") >= 0))
        {
            yield return $"{FilesOption}: '{pattern}' has a wildcard in a folder's name; only that of the file may have one";
        }

        if (EvaluationInterval <= TimeSpan.Zero)
        {
            yield return "rules.evaluation-interval must be above 0";
        }

        if (ExternalUrl.Length > 0 && (!Uri.TryCreate(ExternalUrl, UriKind.Absolute, out Uri? url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)))
        {
            yield return $"web.external-url: '{ExternalUrl}' is not an address such as https://metrics.example/";
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (string label in Split(ExternalLabels))
        {
            string name = label.Split('=', 2)[0].Trim();
            if (!label.Contains('=', StringComparison.Ordinal) || !LabelNames.IsValid(Encoding.UTF8.GetBytes(name), NameScheme.Utf8))
            {
                yield return $"rules.external-labels: '{label}' is not of the form name=value";
            }
            else if (!names.Add(name))
            {
                yield return $"rules.external-labels: the label {name} occurs twice";
            }
        }
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
