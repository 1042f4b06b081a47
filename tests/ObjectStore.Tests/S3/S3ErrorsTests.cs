using System.Net;
using System.Net.Sockets;
using RemoteStore.ObjectStore.S3;
using Shouldly;
using Xunit;

namespace RemoteStore.ObjectStore.Tests.S3;

/// <summary>What a store's answers mean: what may pass is tried again, what may not is told at once, and nothing counts as removed that the store did not call so.</summary>
public sealed class S3ErrorsTests
{
    [Theory]
    [InlineData(404, "NoSuchKey", "missing", false)]
    [InlineData(404, "NoSuchBucket", "the bucket does not exist", false)]
    [InlineData(404, "NoSuchUpload", "the server answered 404 NoSuchUpload why", true)]
    [InlineData(404, "", "the server answered 404", true)]
    [InlineData(403, "SignatureDoesNotMatch", "access denied SignatureDoesNotMatch why", false)]
    [InlineData(401, "", "access denied", false)]
    [InlineData(412, "PreconditionFailed", "the object exists", false)]
    [InlineData(409, "OperationAborted", "the server answered 409 OperationAborted why", true)]
    [InlineData(400, "RequestTimeout", "the server answered 400 RequestTimeout why", true)]
    [InlineData(400, "AuthorizationHeaderMalformed", "the server answered 400 AuthorizationHeaderMalformed why", false)]
    [InlineData(429, "", "the server answered 429", true)]
    [InlineData(500, "InternalError", "the server answered 500 InternalError why", true)]
    [InlineData(503, "SlowDown", "the server answered 503 SlowDown why", true)]
    [InlineData(501, "NotImplemented", "the server answered 501 NotImplemented why", false)]
    [InlineData(301, "PermanentRedirect", "region or endpoint seem to be wrong PermanentRedirect why", false)]
    public void Answer_OfEachKind_IsUnderstood(int status, string code, string text, bool isTransient)
    {
        string body = code.Length == 0 ? "" : $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>why</Message></Error>";

        BucketException error = S3Errors.Of("read", "a/b", (HttpStatusCode)status, body);

        error.IsTransient.ShouldBe(isTransient);
        error.Message.ShouldContain(error is ObjectNotFoundException ? "no such object" : text);
        (error is ObjectNotFoundException).ShouldBe(text == "missing");
        (error is BucketAccessException).ShouldBe(status is 401 or 403);
    }

    [Fact]
    public async Task Connection_ThatIsNeverMade_IsAFaultThatMayPass()
    {
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        deaf.Listen(0);
        List<Socket> filling = await FillAsync(deaf);
        using var bucket = new S3Bucket(new S3Options
        {
            Endpoint = deaf.LocalEndPoint!.ToString()!,
            Bucket = "metrics",
            AccessKey = "who",
            SecretKey = "what",
            UseTls = false,
            ConnectTimeout = TimeSpan.FromMilliseconds(200),
        });

        (await Should.ThrowAsync<BucketException>(async () => await bucket.ReadAsync("a", 0, new byte[1], CancellationToken.None))).IsTransient.ShouldBeTrue();
        (await Should.ThrowAsync<BucketException>(async () =>
            await bucket.WriteAsync("a", new MemoryContent(new byte[1]), WriteMode.Replace, CancellationToken.None))).IsTransient.ShouldBeTrue();
        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await bucket.ReadAsync("a", 0, new byte[1], given.Token));
        filling.ForEach(static socket => socket.Dispose());
    }

    /// <summary>Connects until the system takes no more for a listener that accepts none.</summary>
    private static async Task<List<Socket>> FillAsync(Socket listener)
    {
        var sockets = new List<Socket>();
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            sockets.Add(socket);
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            try
            {
                await socket.ConnectAsync(listener.LocalEndPoint!, patience.Token);
            }
            catch (OperationCanceledException)
            {
                return sockets;
            }
        }
    }
}
