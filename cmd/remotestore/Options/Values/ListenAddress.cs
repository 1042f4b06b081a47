using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace RemoteStore.Server.Options.Values;

/// <summary>Where a listener binds.</summary>
/// <param name="Host">An IP address without brackets, <c>localhost</c>, or empty for all addresses.</param>
/// <param name="Port">TCP port; 0 lets the system choose.</param>
internal sealed record ListenAddress(string Host, int Port)
{
    /// <summary>Addresses to bind; all addresses of both families when the host is empty.</summary>
    public IPAddress Address => Host switch
    {
        "" => IPAddress.IPv6Any,
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.Parse(Host),
    };

    /// <summary>True when every address of the machine is bound.</summary>
    public bool IsAny => Host.Length == 0;

    /// <summary>Parses <c>host:port</c>, <c>[v6]:port</c> or <c>:port</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenAddress? address, [NotNullWhen(false)] out string? error)
    {
        address = null;
        error = $"'{text}' is not an address such as 127.0.0.1:9009, [::1]:9009 or :9009";
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > ushort.MaxValue)
        {
            return false;
        }

        string host = text[..colon];
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        host = bracketed ? host[1..^1] : host == "*" ? "" : host;
        if (host is not ("" or "localhost") && (!IPAddress.TryParse(host, out _) || bracketed != host.Contains(':', StringComparison.Ordinal)))
        {
            return false;
        }

        address = new ListenAddress(host, port);
        error = null;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        (Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host) + ":" + Port.ToString(CultureInfo.InvariantCulture);
}
