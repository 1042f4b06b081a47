using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RemoteStore.Ruler.Api;

/// <summary>Which rules a request of the rule API names.</summary>
/// <param name="Namespace">Null for all.</param>
/// <param name="Group">Null for all of the namespace.</param>
internal readonly record struct RuleConfigPath(string? Namespace, string? Group)
{
    /// <summary>
    /// Reads the path as it was sent: names may hold escaped slashes, which decoded paths do not tell from others.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="root">Path of the rules of all namespaces, below the path base.</param>
    /// <param name="path">What it names.</param>
    /// <returns>False when the path has more parts than it can have, or an empty one.</returns>
    public static bool TryRead(HttpRequest request, string root, out RuleConfigPath path)
    {
        path = default;
        string target = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        int query = target.IndexOf('?', StringComparison.Ordinal);
        string sent = query < 0 ? target : target[..query];
        int at = sent.IndexOf(root, StringComparison.Ordinal);
        string rest = at < 0 ? request.Path.Value![root.Length..] : sent[(at + root.Length)..];
        string[] parts = rest.Length == 0 ? [] : rest[1..].TrimEnd('/').Split('/');
        if (parts is [""])
        {
            parts = [];
        }

        if (parts.Length > 2 || parts.Any(static part => part.Length == 0))
        {
            return false;
        }

        path = new RuleConfigPath(parts.Length > 0 ? Uri.UnescapeDataString(parts[0]) : null, parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : null);
        return true;
    }
}
