using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Minio;
using Minio.DataModel;
using Minio.DataModel.Args;

namespace RemoteStore.ObjectStore.S3;

/// <summary>
/// A bucket of an S3-compatible store. Reads are one ranged request each, by presigned addresses, because the client library asks three times; writes,
/// deletions and listings go through the library.
/// </summary>
/// <remarks>Objects of 5 MiB and more are written in parts, one after another; the outcome of such a write is looked up, because its answer cannot be trusted.</remarks>
public sealed class S3Bucket : IBucket, IDisposable
{
    private const int PartLimitBytes = 5 << 20; // the library writes what is smaller in one request
    private const int PresignedSeconds = 3600;
    private const string ProbeKey = "remotestore-probe";

    private readonly S3Options _options;
    private readonly SocketsHttpHandler _sockets;
    private readonly HttpClient _libraryHttp;
    private readonly HttpClient _readHttp;
    private readonly IMinioClient _client;

    /// <summary>Prepares the client; nothing is sent yet.</summary>
    public S3Bucket(S3Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _sockets = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = options.MaxConnections,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // so that changes of the name's addresses are noticed
            AutomaticDecompression = DecompressionMethods.None,
        };
        _libraryHttp = new HttpClient(new AnswerGuard(_sockets), disposeHandler: false);
        _readHttp = new HttpClient(_sockets, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        _client = new MinioClient()
            .WithEndpoint(options.Endpoint)
            .WithRegion(options.Region)
            .WithCredentials(options.AccessKey, options.SecretKey)
            .WithSSL(options.UseTls)
            .WithHttpClient(_libraryHttp)
            .Build();
    }

    /// <inheritdoc/>
    public string Description => $"s3 bucket {_options.Bucket} at {_options.Endpoint}";

    /// <inheritdoc/>
    public bool IsCreateAtomic { get; private set; }

    /// <summary>Checks that the bucket can be reached and written, and finds out whether it honours conditional writes.</summary>
    /// <exception cref="BucketException">It cannot be used.</exception>
    public async ValueTask ProbeAsync(CancellationToken cancellationToken)
    {
        string key = $"{ProbeKey}-{Guid.NewGuid():N}";
        var content = new MemoryContent("probe"u8.ToArray());
        await WriteAsync(key, content, WriteMode.Replace, cancellationToken).ConfigureAwait(false);
        try
        {
            await PutAsync(key, content, createOnly: true, cancellationToken).ConfigureAwait(false);
            IsCreateAtomic = false;
        }
        catch (ObjectExistsException)
        {
            IsCreateAtomic = true;
        }
        catch (BucketException e) when (e is not BucketAccessException)
        {
            IsCreateAtomic = false; // it does not know the header
        }
        finally
        {
            await DeleteAsync(key, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        using HttpResponseMessage answer = await GetAsync("stat", key, new RangeHeaderValue(0, 0), cancellationToken).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        // One byte was asked for; how many there are is beside it. An empty object has no first byte.
        long? size = answer.Content.Headers.ContentRange?.Length
            ?? (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable ? 0 : answer.Content.Headers.ContentLength);
        if (answer.StatusCode is not (HttpStatusCode.PartialContent or HttpStatusCode.OK or HttpStatusCode.RequestedRangeNotSatisfiable) || size is null)
        {
            throw S3Errors.Of("stat", key, answer.StatusCode, await S3Errors.BodyAsync(answer, cancellationToken).ConfigureAwait(false));
        }

        return new ObjectAttributes(key, size.Value, answer.Content.Headers.LastModified?.ToUnixTimeMilliseconds() ?? 0);
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfZero(destination.Length);
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
                throw S3Errors.Of("read", key, answer.StatusCode, await S3Errors.BodyAsync(answer, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        using HttpResponseMessage answer = await GetAsync("read", key, null, cancellationToken).ConfigureAwait(false);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw S3Errors.Of("read", key, answer.StatusCode, await S3Errors.BodyAsync(answer, cancellationToken).ConfigureAwait(false));
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

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        ArgumentNullException.ThrowIfNull(content);
        bool createOnly = mode == WriteMode.CreateOnly;
        bool inParts = content.LengthBytes >= PartLimitBytes;
        if (createOnly && (inParts || !IsCreateAtomic) && await StatAsync(key, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new ObjectExistsException(key);
        }

        await PutAsync(key, content, createOnly && !inParts && IsCreateAtomic, cancellationToken).ConfigureAwait(false);
        if (inParts && (await StatAsync(key, cancellationToken).ConfigureAwait(false))?.SizeBytes != content.LengthBytes)
        {
            throw new BucketException("write", key, "after the last part the object is not there, or has another size", isTransient: true);
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        return RunAsync("delete", key, () => _client.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(_options.Bucket).WithObject(key), cancellationToken));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (Item item in ItemsAsync(prefix, recursive: true, cancellationToken).ConfigureAwait(false))
        {
            if (!item.IsDir)
            {
                yield return new ObjectAttributes(
                    item.Key, (long)item.Size, item.LastModifiedDateTime is { } modified ? new DateTimeOffset(modified.ToUniversalTime()).ToUnixTimeMilliseconds() : 0);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListFoldersAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (Item item in ItemsAsync(prefix, recursive: false, cancellationToken).ConfigureAwait(false))
        {
            if (item.IsDir)
            {
                yield return item.Key[prefix.Length..].TrimEnd('/');
            }
        }
    }

    /// <summary>Removes what writes in parts that never ended have left, when they began before <paramref name="before"/>; returns how many.</summary>
    /// <exception cref="BucketException">They cannot be listed or removed.</exception>
    public async ValueTask<int> RemoveUnfinishedWritesAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        int removed = 0;
        await RunAsync("list", "", async () =>
        {
            var listing = new ListIncompleteUploadsArgs().WithBucket(_options.Bucket).WithRecursive(true);
            await foreach (Upload upload in _client.ListIncompleteUploadsEnumAsync(listing, cancellationToken).ConfigureAwait(false))
            {
                if (DateTimeOffset.TryParse(upload.Initiated, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset began) && began < before)
                {
                    await _client.RemoveIncompleteUploadAsync(
                        new RemoveIncompleteUploadArgs().WithBucket(_options.Bucket).WithObject(upload.Key), cancellationToken).ConfigureAwait(false);
                    removed++;
                }
            }
        }).ConfigureAwait(false);
        return removed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _libraryHttp.Dispose();
        _readHttp.Dispose();
        _sockets.Dispose();
    }

    private static async ValueTask RunAsync(string operation, string key, Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception e) when (S3Errors.From(operation, key, e) is { } error)
        {
            throw ReferenceEquals(error, e) ? e : error;
        }
    }

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
        catch (Exception e) when (e is (HttpRequestException or IOException) and not BucketException)
        {
            throw new BucketException("read", key, e.Message, isTransient: true, e);
        }
    }

    private async ValueTask PutAsync(string key, IObjectContent content, bool createOnly, CancellationToken cancellationToken)
    {
        await RunAsync("write", key, async () =>
        {
            await using Stream stream = content.Open();
            AnswerGuard.CreateOnly = createOnly;
            _ = await _client.PutObjectAsync(
                new PutObjectArgs().WithBucket(_options.Bucket).WithObject(key).WithStreamData(stream).WithObjectSize(content.LengthBytes)
                    .WithContentType("application/octet-stream"),
                cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private async ValueTask<HttpResponseMessage> GetAsync(string operation, string key, RangeHeaderValue? range, CancellationToken cancellationToken)
    {
        string address = await _client.PresignedGetObjectAsync(
            new PresignedGetObjectArgs().WithBucket(_options.Bucket).WithObject(key).WithExpiry(PresignedSeconds)).ConfigureAwait(false);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Range = range;
        try
        {
            return await _readHttp.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new BucketException(operation, key, e.Message, isTransient: true, e);
        }
    }

    private async IAsyncEnumerable<Item> ItemsAsync(string prefix, bool recursive, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var listing = new ListObjectsArgs().WithBucket(_options.Bucket).WithPrefix(prefix).WithRecursive(recursive);
        await using IAsyncEnumerator<Item> items = _client.ListObjectsEnumAsync(listing, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await items.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }
            }
            catch (Exception e) when (S3Errors.From("list", prefix, e) is { } error)
            {
                throw ReferenceEquals(error, e) ? e : error;
            }

            yield return items.Current;
        }
    }
}
