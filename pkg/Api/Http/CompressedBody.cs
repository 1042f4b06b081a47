using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace RemoteStore.Api.Http;

/// <summary>Response bodies, through gzip when the client takes it.</summary>
internal static class CompressedBody
{
    /// <summary>Opens the body and sets its headers; before the first byte.</summary>
    public static Stream Open(HttpContext context)
    {
        context.Response.Headers.Append("Vary", "Accept-Encoding");
        if (!AcceptEncoding.AllowsGzip(context.Request.Headers.AcceptEncoding))
        {
            return context.Response.Body;
        }

        context.Response.Headers.ContentEncoding = "gzip";
        return new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
    }

    /// <summary>Ends a body. One that failed is not ended, so that it is not taken for a whole one.</summary>
    public static ValueTask CompleteAsync(Stream body) => body is GZipStream ? body.DisposeAsync() : default;
}
