using System.Net;
using System.Text;
using System.Text.Json;
using RemoteStore.Model.Labels;
using RemoteStore.Ruler.Notifying;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Notifying;

/// <summary>Against a listener that answers as the test says.</summary>
public sealed class HttpAlertmanagerTests : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Uri _url;

    public HttpAlertmanagerTests()
    {
        _url = new Uri($"http://127.0.0.1:{FreePorts.Next()}/prefix/");
        _listener.Prefixes.Add(_url.AbsoluteUri);
        _listener.Start();
    }

    public void Dispose() => _listener.Close();

    [Fact]
    public async Task Send_Alerts_ArriveAsAlertmanagerReadsThem()
    {
        using var target = new HttpAlertmanager(_url, new AlertmanagerOptions(), TimeProvider.System);
        var notification = new AlertNotification(
            LabelSet.From("alertname", "Disk \"full\"", "zone", "ü"), [new("summary", "a\nb")], 1_700_000_000_123, 1_700_000_240_000, "http://x/graph?g0.expr=a&g0.tab=1");
        Task<(SendOutcome Outcome, string? Reason)> sent = target.SendAsync([notification], CancellationToken.None);

        (HttpListenerRequest request, string body) = await AnswerAsync(200);

        (await sent).Outcome.ShouldBe(SendOutcome.Delivered);
        request.Url!.AbsolutePath.ShouldBe("/prefix/api/v2/alerts");
        request.HttpMethod.ShouldBe("POST");
        request.ContentType.ShouldBe("application/json");
        request.UserAgent.ShouldStartWith("remotestore/");
        using var json = JsonDocument.Parse(body);
        JsonElement alert = json.RootElement.EnumerateArray().ShouldHaveSingleItem();
        alert.GetProperty("labels").GetRawText().ShouldBe("""{"alertname":"Disk \"full\"","zone":"ü"}""");
        alert.GetProperty("annotations").GetRawText().ShouldBe("""{"summary":"a\nb"}""");
        alert.GetProperty("startsAt").GetString().ShouldBe("2023-11-14T22:13:20.123Z");
        alert.GetProperty("endsAt").GetString().ShouldBe("2023-11-14T22:17:20.000Z");
        alert.GetProperty("generatorURL").GetString().ShouldBe("http://x/graph?g0.expr=a&g0.tab=1");
    }

    [Theory]
    [InlineData(202, nameof(SendOutcome.Delivered))]
    [InlineData(400, nameof(SendOutcome.Refused))]
    [InlineData(401, nameof(SendOutcome.Refused))]
    [InlineData(302, nameof(SendOutcome.Refused))]
    [InlineData(408, nameof(SendOutcome.Failed))]
    [InlineData(429, nameof(SendOutcome.Failed))]
    [InlineData(503, nameof(SendOutcome.Failed))]
    public async Task Send_Status_TellsWhetherToRepeat(int status, string outcome)
    {
        using var target = new HttpAlertmanager(_url, new AlertmanagerOptions(), TimeProvider.System);
        Task<(SendOutcome Outcome, string? Reason)> sent = target.SendAsync(AlertSenderTests.Alerts("a"), CancellationToken.None);

        await AnswerAsync(status);

        (await sent).Outcome.ToString().ShouldBe(outcome);
        (await sent).Reason.ShouldBe(status == 202 ? null : $"status {status}: answer");
    }

    [Fact]
    public async Task Send_SecretsInFiles_AreReadForEveryRequest()
    {
        string file = Path.GetTempFileName();
        try
        {
            using var target = new HttpAlertmanager(_url, new AlertmanagerOptions { Username = "user", PasswordFile = file }, TimeProvider.System);
            foreach (string password in (string[])["first", "second"])
            {
                await File.WriteAllTextAsync(file, password + "\n");
                Task<(SendOutcome Outcome, string? Reason)> sent = target.SendAsync(AlertSenderTests.Alerts("a"), CancellationToken.None);
                (HttpListenerRequest request, _) = await AnswerAsync(200);
                await sent;

                request.Headers["Authorization"].ShouldBe("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{password}")));
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Send_BearerToken_IsSent()
    {
        using var target = new HttpAlertmanager(_url, new AlertmanagerOptions { BearerToken = "secret" }, TimeProvider.System);
        Task<(SendOutcome Outcome, string? Reason)> sent = target.SendAsync(AlertSenderTests.Alerts("a"), CancellationToken.None);

        (HttpListenerRequest request, _) = await AnswerAsync(200);
        await sent;

        request.Headers["Authorization"].ShouldBe("Bearer secret");
    }

    [Fact]
    public async Task Send_NobodyListens_MayBeRepeated()
    {
        using var target = new HttpAlertmanager(new Uri($"http://127.0.0.1:{FreePorts.Next()}"), new AlertmanagerOptions(), TimeProvider.System);

        (SendOutcome outcome, string? reason) = await target.SendAsync(AlertSenderTests.Alerts("a"), CancellationToken.None);

        outcome.ShouldBe(SendOutcome.Failed);
        reason.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Send_NoAnswer_EndsWithTheTimeout()
    {
        var time = new ArmedTime(DateTimeOffset.UnixEpoch.AddYears(50));
        using var target = new HttpAlertmanager(_url, new AlertmanagerOptions { Timeout = TimeSpan.FromSeconds(7) }, time);
        Task<(SendOutcome Outcome, string? Reason)> sent = target.SendAsync(AlertSenderTests.Alerts("a"), CancellationToken.None);
        _ = await _listener.GetContextAsync();

        time.Advance(TimeSpan.FromSeconds(7));

        (await sent).ShouldBe((SendOutcome.Failed, "no answer within 7 s"));
    }

    private async Task<(HttpListenerRequest Request, string Body)> AnswerAsync(int status)
    {
        HttpListenerContext context = await _listener.GetContextAsync();
        using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
        string body = await reader.ReadToEndAsync();
        context.Response.StatusCode = status;
        context.Response.Close(Encoding.UTF8.GetBytes("answer"), willBlock: false);
        return (context.Request, body);
    }
}
