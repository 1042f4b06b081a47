using System.Net;
using Minio.Exceptions;

namespace RemoteStore.ObjectStore.S3;

/// <summary>Makes errors of the bucket from what the client library and the network throw.</summary>
internal static class S3Errors
{
    private const int MaxBodyCharacters = 300;

    /// <summary>The beginning of an error's body, on one line.</summary>
    public static async ValueTask<string> BodyAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            string text = await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            return text.ReplaceLineEndings(" ")[..Math.Min(text.Length, MaxBodyCharacters)].Trim();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return "";
        }
    }

    /// <summary>The exception for a status, by what it means for the operation.</summary>
    public static BucketException Of(string operation, string key, HttpStatusCode status, string body, Exception? cause = null) => status switch
    {
        HttpStatusCode.NotFound => new ObjectNotFoundException(operation, key, cause),
        HttpStatusCode.PreconditionFailed => new ObjectExistsException(key, cause),
        HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => new BucketAccessException(operation, key, $"access denied {body}".TrimEnd(), cause),
        _ => new BucketException(
            operation,
            key,
            $"the server answered {(int)status} {body}".TrimEnd(),
            isTransient: (int)status >= 500 || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict,
            cause),
    };

    /// <summary>The exception for what was thrown; null for a cancellation by the caller and for faults of our own.</summary>
    public static BucketException? From(string operation, string key, Exception thrown) => thrown switch
    {
        BucketException known => known,
        S3StatusException answer => Of(operation, key, answer.Status, answer.Message, answer),
        _ => Known(operation, key, thrown),
    };

    private static BucketException? Known(string operation, string key, Exception thrown) => thrown switch
    {
        Minio.Exceptions.ObjectNotFoundException => new ObjectNotFoundException(operation, key, thrown),
        BucketNotFoundException => new BucketException(operation, key, "the bucket does not exist", isTransient: false, thrown),
        AuthorizationException or AccessDeniedException => new BucketAccessException(operation, key, "access denied", thrown),
        PreconditionFailedException => new ObjectExistsException(key, thrown),
        HttpRequestException or IOException or System.Net.Sockets.SocketException => new BucketException(operation, key, thrown.Message, isTransient: true, thrown),
        MinioException => new BucketException(operation, key, thrown.Message, isTransient: true, thrown),
        // The library's own stumbling over answers it does not expect.
        NullReferenceException or InvalidOperationException => new BucketException(operation, key, "the server's answer was not understood", isTransient: true, thrown),
        _ => null,
    };
}
