using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RemoteStore.Model;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Api.Http;

/// <summary>Tells of gaps in answers that have no place for warnings: in headers <c>Warning</c> as long as none was sent, and in the log.</summary>
internal static class GapHeader
{
    private const int MaxGaps = 10;
    private const int MaxLength = 500; // of one, so that headers stay within what clients read

    /// <summary>Tells of gaps.</summary>
    /// <param name="context">The request.</param>
    /// <param name="missing">What the answer lacks; empty is the usual case.</param>
    /// <param name="logger">Takes what the client may overlook.</param>
    /// <param name="endpoint">Name of the endpoint.</param>
    /// <param name="tenant">Whose data.</param>
    public static void Report(HttpContext context, IReadOnlyList<MissingData> missing, ILogger logger, string endpoint, TenantId tenant)
    {
        foreach (MissingData gap in missing.Take(MaxGaps))
        {
            string text = gap.ToString();
            logger.AnsweredWithGap(endpoint, tenant.Name, text);
            if (!context.Response.HasStarted)
            {
                context.Response.Headers.Append("Warning", $"299 remotestore \"{Escape(text)}\"");
            }
        }
    }

    /// <summary>Printable ASCII, as headers want it.</summary>
    private static string Escape(string text) =>
        string.Concat(text.Take(MaxLength).Select(static c => c is '"' or '\\' ? $"\\{c}" : c is >= ' ' and <= '~' ? c.ToString() : "?"));
}
