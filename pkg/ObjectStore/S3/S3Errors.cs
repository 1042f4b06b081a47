using System.Net;
using Minio.Exceptions;

namespace RemoteStore.ObjectStore.S3;

/// <summary>Makes errors of the bucket from what the server, the client library and the network say.</summary>
internal static class S3Errors
{
    private const int MaxBodyBytes = 4096;
    private const int MaxTextCharacters = 300;

    /// <summary>The beginning of an error's body, on one line.</summary>
    public static async ValueTask<string> BodyAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            byte[] start = new byte[MaxBodyBytes];
            await using Stream body = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            int count = await body.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return System.Text.Encoding.UTF8.GetString(start, 0, count).ReplaceLineEndings(" ").Trim();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return "";
        }
    }

    /// <summary>The exception for a status, by what it means for the operation.</summary>
    public static BucketException Of(string operation, string key, HttpStatusCode status, string body, Exception? cause = null)
    {
        string code = Element(body, "Code");
        string text = code.Length == 0 ? body[..Math.Min(body.Length, MaxTextCharacters)] : $"{code} {Element(body, "Message")}";
        return status switch
        {
            HttpStatusCode.NotFound when code == "NoSuchBucket" => new BucketException(operation, key, "the bucket does not exist", isTransient: false, cause),

            // A gateway in between that has lost its server says 404, too, but does not name what is lacking; nothing may be taken for removed because of it.
            HttpStatusCode.NotFound when code is "NoSuchKey" or "NoSuchVersion" => new ObjectNotFoundException(operation, key, cause),
            HttpStatusCode.PreconditionFailed => new ObjectExistsException(key, cause),
            HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => new BucketAccessException(operation, key, $"access denied {text}".TrimEnd(), cause),
            >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest => new BucketException(
                operation, key, $"the server answered {(int)status}, so that region or endpoint seem to be wrong {text}".TrimEnd(), isTransient: false, cause),
            _ => new BucketException(operation, key, $"the server answered {(int)status} {text}".TrimEnd(), IsTransient(status, code), cause),
        };
    }

    /// <summary>The exception for what was thrown; null for a cancellation by the caller and for faults of our own.</summary>
    /// <param name="operation">What was attempted.</param>
    /// <param name="key">On what.</param>
    /// <param name="thrown">What was thrown.</param>
    /// <param name="cancellationToken">That of the caller.</param>
    public static BucketException? From(string operation, string key, Exception thrown, CancellationToken cancellationToken) => thrown switch
    {
        BucketException known => known,
        S3StatusException answer => Of(operation, key, answer.Status, answer.Body, answer),

        // The time for making a connection ran out, which looks like a cancellation.
        OperationCanceledException when !cancellationToken.IsCancellationRequested =>
            new BucketException(operation, key, thrown.InnerException?.Message ?? "no answer in time", isTransient: true, thrown),
        _ => Known(operation, key, thrown),
    };

    private static BucketException? Known(string operation, string key, Exception thrown) => thrown switch
    {
        HttpRequestException or IOException or System.Net.Sockets.SocketException => new BucketException(operation, key, thrown.Message, isTransient: true, thrown),
        MinioException => new BucketException(operation, key, thrown.Message, isTransient: true, thrown),

        // The library's own stumbling over answers it does not expect.
        NullReferenceException or InvalidOperationException => new BucketException(operation, key, "the server's answer was not understood", isTransient: true, thrown),
        _ => null,
    };

    private static bool IsTransient(HttpStatusCode status, string code) => status switch
    {
        HttpStatusCode.NotImplemented or HttpStatusCode.HttpVersionNotSupported => false,
        HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or HttpStatusCode.NotFound => true,
        HttpStatusCode.BadRequest => code == "RequestTimeout", // what Amazon says of a connection that fell silent
        _ => (int)status >= 500,
    };

    /// <summary>Text of an element of an answer in XML, empty when there is none.</summary>
    private static string Element(string body, string name)
    {
        int start = body.IndexOf($"<{name}>", StringComparison.Ordinal);
        int end = start < 0 ? -1 : body.IndexOf("</", start, StringComparison.Ordinal);
        return end < 0 ? "" : body[(start + name.Length + 2)..Math.Min(end, start + name.Length + 2 + MaxTextCharacters)].Trim();
    }
}
