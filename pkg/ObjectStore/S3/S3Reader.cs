using System.Net;
using System.Net.Http.Headers;
using Minio;
using Minio.DataModel.Args;

namespace RemoteStore.ObjectStore.S3;

/// <summary>Reads objects, each read one request: by presigned addresses, because the client library asks three times and cannot read ranges.</summary>
/// <param name="client">Signs addresses; nothing is sent through it.</param>
/// <param name="http">Sends the requests; has no timeout and follows no redirections.</param>
/// <param name="bucket">Name of the bucket.</param>
internal sealed class S3Reader(IMinioClient client, HttpClient http, string bucket)
{
    private const int PresignedSeconds = 3600;

    /// <summary>See <see cref="IBucket.StatAsync"/>.</summary>
    public async ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await GetAsync("stat", key, new RangeHeaderValue(0, 0), cancellationToken).ConfigureAwait(false);

        // One byte was asked for; how many there are is beside it. An empty object has no first byte.
        long? size = answer.Content.Headers.ContentRange?.Length
            ?? (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable ? 0 : answer.Content.Headers.ContentLength);
        if (answer.StatusCode is HttpStatusCode.PartialContent or HttpStatusCode.OK or HttpStatusCode.RequestedRangeNotSatisfiable && size is not null)
        {
            return new ObjectAttributes(key, size.Value, answer.Content.Headers.LastModified?.ToUnixTimeMilliseconds() ?? 0);
        }

        BucketException fault = await FaultAsync("stat", key, answer, cancellationToken).ConfigureAwait(false);
        return fault is ObjectNotFoundException ? null : throw fault;
    }

    /// <summary>See <see cref="IBucket.ReadAsync"/>.</summary>
    public async ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        var range = new RangeHeaderValue(offset, offset + destination.Length - 1);
        using HttpResponseMessage answer = await GetAsync("read", key, range, cancellationToken).ConfigureAwait(false);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                return 0;
            case HttpStatusCode.PartialContent when answer.Content.Headers.ContentRange?.From == offset:
                return await CopyAsync(key, answer, destination, cancellationToken).ConfigureAwait(false);
            case HttpStatusCode.PartialContent or HttpStatusCode.OK:
                throw new BucketException("read", key, "the server answered with another range than was asked for", isTransient: false);
            default:
                throw await FaultAsync("read", key, answer, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>See <see cref="IBucket.ReadAllAsync"/>.</summary>
    public async ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await GetAsync("read", key, null, cancellationToken).ConfigureAwait(false);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw await FaultAsync("read", key, answer, cancellationToken).ConfigureAwait(false);
        }

        if (answer.Content.Headers.ContentLength is not { } length)
        {
            throw new BucketException("read", key, "the server did not say how long the object is", isTransient: false);
        }

        if (length > maxBytes)
        {
            throw BucketErrors.TooLarge(key, length, maxBytes);
        }

        byte[] bytes = new byte[length];
        _ = await CopyAsync(key, answer, bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }

    private static async ValueTask<BucketException> FaultAsync(string operation, string key, HttpResponseMessage answer, CancellationToken cancellationToken) =>
        S3Errors.Of(operation, key, answer.StatusCode, await S3Errors.BodyAsync(answer, cancellationToken).ConfigureAwait(false));

    private static async ValueTask<int> CopyAsync(string key, HttpResponseMessage answer, Memory<byte> destination, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream body = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            int expected = (int)Math.Min(destination.Length, answer.Content.Headers.ContentLength ?? destination.Length);
            int count = await body.ReadAtLeastAsync(destination[..expected], expected, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return count == expected || answer.Content.Headers.ContentLength is null
                ? count
                : throw new BucketException("read", key, $"the answer broke off after {count} of {expected} bytes", isTransient: true);
        }
        catch (Exception e) when (e is not BucketException && S3Errors.From("read", key, e, cancellationToken) is { } error)
        {
            throw error;
        }
    }

    private async ValueTask<HttpResponseMessage> GetAsync(string operation, string key, RangeHeaderValue? range, CancellationToken cancellationToken)
    {
        string address = await client.PresignedGetObjectAsync(
            new PresignedGetObjectArgs().WithBucket(bucket).WithObject(key).WithExpiry(PresignedSeconds)).ConfigureAwait(false);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Range = range;
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (S3Errors.From(operation, key, e, cancellationToken) is { } error)
        {
            throw error;
        }
    }
}
