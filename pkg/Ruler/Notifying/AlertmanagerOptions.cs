namespace RemoteStore.Ruler.Notifying;

/// <summary>Where alerts are sent, and how. Secrets in files are read for every request, so that they can be exchanged.</summary>
public sealed record AlertmanagerOptions
{
    /// <summary>Option behind <see cref="Urls"/>, for messages.</summary>
    public const string UrlOption = "alertmanager.url";

    /// <summary>Base addresses of Alertmanagers, separated by commas; every one is told every alert. Empty: nobody is told.</summary>
    public string Urls { get; init; } = "";

    /// <summary>Longest time of one request.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Notifications of one tenant that wait for one Alertmanager; the oldest go first when there are more.</summary>
    public int QueueCapacity { get; init; } = 10_000;

    /// <summary>Most alerts of one request.</summary>
    public int MaxBatchSize { get; init; } = 256;

    /// <summary>Longest wait at the end of the process for notifications that are not sent yet.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>User of basic authentication; empty for none.</summary>
    public string Username { get; init; } = "";

    /// <summary>Password of <see cref="Username"/>.</summary>
    public string Password { get; init; } = "";

    /// <summary>File with the password; empty for none.</summary>
    public string PasswordFile { get; init; } = "";

    /// <summary>Bearer token; empty for none.</summary>
    public string BearerToken { get; init; } = "";

    /// <summary>File with the bearer token; empty for none.</summary>
    public string BearerTokenFile { get; init; } = "";

    /// <summary>File with the certificates that may have signed an Alertmanager's, PEM; empty for those of the system.</summary>
    public string TlsCaFile { get; init; } = "";

    /// <summary>File with the certificate of this client, PEM; empty for none.</summary>
    public string TlsCertificateFile { get; init; } = "";

    /// <summary>File with its key, PEM.</summary>
    public string TlsKeyFile { get; init; } = "";

    /// <summary>Name that an Alertmanager's certificate must have; empty for that of its address.</summary>
    public string TlsServerName { get; init; } = "";

    /// <summary>True to take any certificate.</summary>
    public bool TlsSkipVerify { get; init; }

    /// <summary>File with relabelling rules of alerts; empty for none.</summary>
    public string RelabelFile { get; init; } = "";

    /// <summary>The addresses, parsed.</summary>
    internal IReadOnlyList<Uri> Targets => [.. Addresses.Select(static address => new Uri(address)).Distinct()];

    private string[] Addresses => Urls.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Faults of the values, empty when they are usable.</summary>
    public IEnumerable<string> Validate()
    {
        foreach (string address in Addresses)
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) ||
                uri.Query.Length > 0 || uri.UserInfo.Length > 0)
            {
                yield return $"{UrlOption}: '{address}' is not an address such as http://127.0.0.1:9093";
            }
        }

        bool basic = Username.Length > 0;
        if (!basic && Password.Length + PasswordFile.Length > 0)
        {
            yield return "alertmanager.password and alertmanager.password-file need alertmanager.username";
        }

        if (Password.Length > 0 && PasswordFile.Length > 0)
        {
            yield return "at most one of alertmanager.password and alertmanager.password-file may be set";
        }

        if (BearerToken.Length > 0 && BearerTokenFile.Length > 0)
        {
            yield return "at most one of alertmanager.bearer-token and alertmanager.bearer-token-file may be set";
        }

        if (basic && BearerToken.Length + BearerTokenFile.Length > 0)
        {
            yield return "at most one of alertmanager.username and alertmanager.bearer-token may be set";
        }

        if (TlsCertificateFile.Length == 0 != (TlsKeyFile.Length == 0))
        {
            yield return "alertmanager.tls-cert-file and alertmanager.tls-key-file need each other";
        }
    }
}
