using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Minio;
using Minio.DataModel;
using Minio.DataModel.Args;

namespace RemoteStore.ObjectStore.S3;

/// <summary>
/// A bucket of an S3-compatible store. Reads are one ranged request each; writes, deletions and listings go through the client library.
/// </summary>
/// <remarks>Objects of 5 MiB and more are written in parts, one after another; the outcome of such a write is looked up, because its answer cannot be trusted.</remarks>
public sealed class S3Bucket : IBucket, IDisposable
{
    private const int PartLimitBytes = 5 << 20; // the library writes what is smaller in one request
    private const string ProbeKey = "remotestore-probe";

    private readonly S3Options _options;
    private readonly SocketsHttpHandler _sockets;
    private readonly HttpClient _libraryHttp;
    private readonly HttpClient _readHttp;
    private readonly IMinioClient _client;
    private readonly S3Reader _reader;
    private Conditions _conditions; // written once it is known, always to the same value

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
            AllowAutoRedirect = false, // the signature is for one address
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
        _libraryHttp.Timeout = Timeout.InfiniteTimeSpan; // who calls has a limit that grows with the bytes; the library has set a fixed one
        _reader = new S3Reader(_client, _readHttp, options.Bucket);
    }

    private enum Conditions
    {
        NotKnown,
        Ignored,
        Honoured,
    }

    /// <inheritdoc/>
    public string Description => $"s3 bucket {_options.Bucket} at {_options.Endpoint}";

    /// <summary>True when the store has shown that it honours conditional writes: at a <see cref="ProbeAsync"/> or at the first write that asks for one.</summary>
    public bool IsCreateAtomic => _conditions == Conditions.Honoured;

    /// <summary>Checks that the bucket can be reached and written, and finds out whether it honours conditional writes.</summary>
    /// <exception cref="BucketException">It cannot be used.</exception>
    public async ValueTask ProbeAsync(CancellationToken cancellationToken)
    {
        string key = $"{_options.KeyPrefix}{ProbeKey}-{Guid.NewGuid():N}";
        var content = new MemoryContent("probe"u8.ToArray());
        await PutAsync(key, content, createOnly: false, cancellationToken).ConfigureAwait(false);
        try
        {
            _conditions = await HonoursConditionsAsync(key, content, cancellationToken).ConfigureAwait(false) ? Conditions.Honoured : Conditions.Ignored;
        }
        finally
        {
            await DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        return _reader.StatAsync(key, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfZero(destination.Length);
        return _reader.ReadAsync(key, offset, destination, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        return _reader.ReadAllAsync(key, maxBytes, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        ArgumentNullException.ThrowIfNull(content);
        bool createOnly = mode == WriteMode.CreateOnly;
        bool inParts = content.LengthBytes >= PartLimitBytes;
        if (createOnly && !inParts && _conditions == Conditions.NotKnown)
        {
            await ProbeAsync(cancellationToken).ConfigureAwait(false); // it was down at start, or nobody asked
        }

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
    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        try
        {
            await RunAsync(
                "delete",
                key,
                () => _client.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(_options.Bucket).WithObject(key), cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectNotFoundException)
        {
            // Most stores do not tell.
        }
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

    /// <summary>
    /// Removes what probes and writes in parts that never ended have left, of the keys of this user of the bucket, when they began before
    /// <paramref name="before"/>; returns how many.
    /// </summary>
    /// <exception cref="BucketException">They cannot be listed or removed.</exception>
    public async ValueTask<int> RemoveUnfinishedWritesAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        int removed = 0;
        await RunAsync(
            "list",
            _options.KeyPrefix,
            async () =>
            {
                var listing = new ListIncompleteUploadsArgs().WithBucket(_options.Bucket).WithPrefix(_options.KeyPrefix).WithRecursive(true);
                await foreach (Upload upload in _client.ListIncompleteUploadsEnumAsync(listing, cancellationToken).ConfigureAwait(false))
                {
                    if (DateTimeOffset.TryParse(upload.Initiated, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset began) && began < before)
                    {
                        await _client.RemoveIncompleteUploadAsync(
                            new RemoveIncompleteUploadArgs().WithBucket(_options.Bucket).WithObject(upload.Key), cancellationToken).ConfigureAwait(false);
                        removed++;
                    }
                }
            },
            cancellationToken).ConfigureAwait(false);
        await foreach (ObjectAttributes probe in ListAsync($"{_options.KeyPrefix}{ProbeKey}-", cancellationToken).ConfigureAwait(false))
        {
            if (probe.ModifiedMs < before.ToUnixTimeMilliseconds())
            {
                await DeleteAsync(probe.Key, cancellationToken).ConfigureAwait(false);
                removed++;
            }
        }

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

    private static async ValueTask RunAsync(string operation, string key, Func<Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not BucketException && S3Errors.From(operation, key, e, cancellationToken) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Writes an object that is there on the condition that it is not.</summary>
    private async ValueTask<bool> HonoursConditionsAsync(string key, MemoryContent content, CancellationToken cancellationToken)
    {
        try
        {
            await PutAsync(key, content, createOnly: true, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (ObjectExistsException)
        {
            return true;
        }
        catch (BucketException e) when (!e.IsTransient && e is not BucketAccessException)
        {
            return false; // it does not know the header
        }
    }

    private async ValueTask PutAsync(string key, IObjectContent content, bool createOnly, CancellationToken cancellationToken)
    {
        await using Stream stream = content.Open(); // out here, so that a local file that cannot be opened is no failure of the store
        await RunAsync(
            "write",
            key,
            async () =>
            {
                AnswerGuard.CreateOnly = createOnly;
                _ = await _client.PutObjectAsync(
                    new PutObjectArgs().WithBucket(_options.Bucket).WithObject(key).WithStreamData(stream).WithObjectSize(content.LengthBytes)
                        .WithContentType("application/octet-stream"),
                    cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
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
            catch (Exception e) when (e is not BucketException && S3Errors.From("list", prefix, e, cancellationToken) is { } error)
            {
                throw error;
            }

            yield return items.Current;
        }
    }
}
