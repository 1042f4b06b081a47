using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RemoteStore.Primitives.Memory;
using RemoteStore.PromQL.Parser.Printing;

namespace RemoteStore.Api.Http;

/// <summary>
/// A response envelope whose data is written while it is produced. Until the first bytes leave, an error can still replace it; after that an error
/// cuts the connection, so that half an answer is never taken for a whole one.
/// </summary>
/// <remarks>One request uses it; the creator disposes it.</remarks>
internal sealed class JsonResponse : IAsyncDisposable
{
    private const int SendThreshold = 64 << 10;
    private const int CompressThreshold = 1024;
    private const int MaxAnnotations = 10;

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = JsonAst.MaxDepth };

    private readonly HttpContext _context;
    private readonly PooledBufferWriter _buffer;
    private readonly List<string> _warnings = [];
    private readonly List<string> _infos = [];
    private readonly List<(string Name, Action<Utf8JsonWriter> Write)> _members = [];
    private Stream? _output;
    private bool _empty;

    public JsonResponse(HttpContext context, BufferPool pool)
    {
        _context = context;
        _buffer = new PooledBufferWriter(pool, 16 << 10);
        Json = new Utf8JsonWriter(_buffer, s_options);
    }

    /// <summary>Where the data goes.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>True when bytes have left.</summary>
    public bool Started => _output is not null;

    /// <summary>Opens the envelope; one JSON value is to be written then.</summary>
    public void BeginData()
    {
        Json.WriteStartObject();
        Json.WriteString("status"u8, "success"u8);
        Json.WritePropertyName("data"u8);
    }

    /// <summary>What gathers and is sent in pieces, for data that is written as bytes instead of by <see cref="Json"/>.</summary>
    public PooledBufferWriter BeginBytes()
    {
        Json.Flush();
        return _buffer;
    }

    /// <summary>Adds a member beside the data.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="write">Writes its value.</param>
    public void AddMember(string name, Action<Utf8JsonWriter> write) => _members.Add((name, write));

    /// <summary>Adds a warning; only the first ten are sent.</summary>
    public void AddWarning(string warning) => AddOnce(_warnings, warning);

    /// <summary>Adds an info; only the first ten are sent.</summary>
    public void AddInfo(string info) => AddOnce(_infos, info);

    /// <summary>Sends what has gathered when it is much.</summary>
    public ValueTask SendIfLargeAsync(CancellationToken cancellationToken) =>
        _buffer.WrittenCount + Json.BytesPending < SendThreshold ? ValueTask.CompletedTask : SendAsync(last: false, cancellationToken);

    /// <summary>Says that there is no data at all: the answer is 204 without a body. Only before bytes have left.</summary>
    public void LeaveEmpty() => _empty = true;

    /// <summary>Closes the envelope and sends the rest.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        if (_empty)
        {
            _context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        Json.Flush();
        WriteList(",\"warnings\":", _warnings);
        WriteList(",\"infos\":", _infos);
        foreach ((string name, Action<Utf8JsonWriter> write) in _members)
        {
            WriteMember($",\"{name}\":", write);
        }

        _buffer.Write("}"u8);
        await SendAsync(last: true, cancellationToken);
    }

    /// <summary>Replaces everything written so far by an error. Only before bytes have left.</summary>
    public async ValueTask FailAsync(ApiException error, CancellationToken cancellationToken)
    {
        Json.Reset();
        _buffer.Clear();
        _context.Response.StatusCode = error.StatusCode;
        Json.WriteStartObject();
        Json.WriteString("status"u8, "error"u8);
        Json.WriteString("errorType"u8, error.TypeName);
        Json.WriteString("error"u8, error.Message);
        Json.WriteEndObject();
        await SendAsync(last: true, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Json.DisposeAsync();
        _buffer.Dispose();
    }

    private static void AddOnce(List<string> texts, string text)
    {
        if (!texts.Contains(text))
        {
            texts.Add(text);
        }
    }

    private void WriteList(string property, List<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        WriteMember(property, json =>
        {
            json.WriteStartArray();
            foreach (string text in texts.Take(MaxAnnotations))
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        });
    }

    private void WriteMember(string property, Action<Utf8JsonWriter> write)
    {
        // The data may have been written past the writer, which then knows of no place to go on from.
        Json.Reset();
        _buffer.Write(Encoding.UTF8.GetBytes(property));
        write(Json);
        Json.Flush();
    }

    private async ValueTask SendAsync(bool last, CancellationToken cancellationToken)
    {
        await Json.FlushAsync(cancellationToken);
        _output ??= Start(last);
        await _output.WriteAsync(_buffer.WrittenMemory, cancellationToken);
        _buffer.Clear();
        if (last && _output is GZipStream)
        {
            await _output.DisposeAsync();
        }
    }

    private Stream Start(bool last)
    {
        HttpResponse response = _context.Response;
        response.ContentType = "application/json";
        response.Headers.Append("Vary", "Accept-Encoding");
        if ((!last || _buffer.WrittenCount >= CompressThreshold) && AcceptEncoding.AllowsGzip(_context.Request.Headers.AcceptEncoding))
        {
            response.Headers.ContentEncoding = "gzip";
            return new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        }

        if (last)
        {
            response.ContentLength = _buffer.WrittenCount;
        }

        return response.Body;
    }
}
