using System.Net;

namespace RemoteStore.Ruler.Templates.Functions;

/// <summary>Addresses of hosts with ports, taken apart as Go's net package does.</summary>
internal static class HostPort
{
    /// <summary>The host; the text itself when it is none with a port.</summary>
    public static string StripPort(string text) => Split(text) is var (host, _) ? host : text;

    /// <summary>The first part of the host's name, with the port; an IP address as it is.</summary>
    public static string StripDomain(string text)
    {
        (string host, string port) = Split(text) ?? (text, "");
        if (IsIPAddress(host))
        {
            return text;
        }

        host = host.Split('.')[0];
        return port.Length == 0 ? host : host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
    }

    /// <summary>The path of an address.</summary>
    public static string PathOf(string url)
    {
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        int start = scheme < 0 ? 0 : url.IndexOf('/', scheme + 3);
        if (start < 0)
        {
            return "";
        }

        int end = url.AsSpan(start).IndexOfAny('?', '#');
        return Uri.UnescapeDataString(end < 0 ? url[start..] : url.Substring(start, end));
    }

    /// <summary>Host and port; null when the text has no port, or more colons than it may.</summary>
    private static (string Host, string Port)? Split(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            return null;
        }

        if (text[0] == '[')
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            return end < 0 || end + 1 != colon || text.AsSpan(1).Contains('[') || text.AsSpan(end + 1).Contains(']') ? null : (text[1..end], text[(colon + 1)..]);
        }

        string host = text[..colon];
        return host.AsSpan().IndexOfAny(':', '[', ']') >= 0 || text.AsSpan(colon).IndexOfAny('[', ']') >= 0 ? null : (host, text[(colon + 1)..]);
    }

    /// <summary>.NET also takes numbers and short forms for addresses, Go does not.</summary>
    private static bool IsIPAddress(string host)
    {
        if (host.Contains(':', StringComparison.Ordinal))
        {
            return !host.Contains('%', StringComparison.Ordinal) && !host.Contains('[', StringComparison.Ordinal) && IPAddress.TryParse(host, out _);
        }

        string[] parts = host.Split('.');
        return parts.Length == 4 && Array.TrueForAll(
            parts, static part => part.Length is > 0 and <= 3 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] != '0') && int.Parse(part, System.Globalization.CultureInfo.InvariantCulture) <= 255);
    }
}
