using System.Net;

namespace RemoteStore.ObjectStore.S3;

/// <summary>An answer of the server that is an error.</summary>
internal sealed class S3StatusException(HttpStatusCode status, string body)
    : IOException($"the server answered {(int)status} {status}{(body.Length == 0 ? "" : ": " + body)}")
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>The beginning of what it said.</summary>
    public string Body { get; } = body;
}
