using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Hosting;

public sealed class ServerHostTests
{
    [Fact]
    public async Task Ready_WhileRoleStarts_Answers503AndDataPathsToo()
    {
        var role = new SteeredRole();
        await using RunningServer server = await RunningServer.StartAsync(role);

        foreach (string path in (string[])["/-/ready", "/ready", "/api/v1/slow", "/prometheus/api/v1/slow"])
        {
            using HttpResponseMessage answer = await server.Client.GetAsync(new Uri(path, UriKind.Relative));

            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, path);
            answer.Headers.GetValues("X-Prometheus-Stopping").ShouldBe(["false"]);
            answer.Headers.RetryAfter.ShouldNotBeNull();
            (await answer.Content.ReadAsStringAsync()).ShouldStartWith("Service Unavailable");
        }
    }

    [Theory]
    [InlineData("/-/healthy")]
    [InlineData("/metrics")]
    [InlineData("/config")]
    [InlineData("/")]
    [InlineData("/api/v1/status/buildinfo")]
    [InlineData("/prometheus/api/v1/status/buildinfo")]
    [InlineData("/api/v1/status/own")]
    public async Task Status_WhileRoleStarts_IsServed(string path)
    {
        await using RunningServer server = await RunningServer.StartAsync(new SteeredRole());

        using HttpResponseMessage answer = await server.Client.GetAsync(new Uri(path, UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Stop_RequestInFlight_IsAnsweredBeforeTheRoleIsClosed()
    {
        var role = new SteeredRole();
        await using RunningServer server = await RunningServer.StartAsync(role);
        await BecomeReadyAsync(server, role);
        Task<string> slow = server.Client.GetStringAsync(new Uri("/api/v1/slow", UriKind.Relative));
        await role.RequestArrived.Task;

        server.Stop();
        role.Answer.SetResult();

        (await slow).ShouldBe("done");
        (await server.Exit).ShouldBe(0);
        role.AnsweredBeforeDisposal.ShouldBeTrue();
        role.Disposed.ShouldBeTrue();
    }

    [Fact]
    public async Task Stop_WhileRoleStarts_ExitsCleanly()
    {
        var role = new SteeredRole();
        await using RunningServer server = await RunningServer.StartAsync(role);

        server.Stop();

        (await server.Exit).ShouldBe(0);
        role.Disposed.ShouldBeTrue();
    }

    [Fact]
    public async Task Start_RoleFails_ExitsWithFailure()
    {
        var role = new SteeredRole();
        await using RunningServer server = await RunningServer.StartAsync(role);

        role.Started.SetException(new IOException("no disk"));

        (await server.Exit).ShouldBe(1);
    }

    [Fact]
    public async Task Stop_RoleCannotClose_ExitsWithFailure()
    {
        var role = new SteeredRole { FailOnDisposal = new IOException("disk full") };
        await using RunningServer server = await RunningServer.StartAsync(role);

        server.Stop();

        (await server.Exit).ShouldBe(1);
    }

    [Fact]
    public async Task Endpoint_Throws_AnswersWithoutDetails()
    {
        var role = new SteeredRole();
        await using RunningServer server = await RunningServer.StartAsync(role);
        await BecomeReadyAsync(server, role);

        using HttpResponseMessage answer = await server.Client.GetAsync(new Uri("/api/v1/fails", UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("secret detail");
    }

    [Theory]
    [InlineData("GET", "/no/such/path", HttpStatusCode.NotFound)]
    [InlineData("POST", "/-/healthy", HttpStatusCode.MethodNotAllowed)]
    [InlineData("HEAD", "/-/healthy", HttpStatusCode.OK)]
    public async Task Request_MethodAndPath_GivesStatus(string method, string path, HttpStatusCode expected)
    {
        await using RunningServer server = await RunningServer.StartAsync(new SteeredRole());
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));

        using HttpResponseMessage answer = await server.Client.SendAsync(request);

        answer.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task BuildInfo_Answer_SuitsGrafana()
    {
        await using RunningServer server = await RunningServer.StartAsync(new SteeredRole());

        using JsonDocument json = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri("/api/v1/status/buildinfo", UriKind.Relative)));

        json.RootElement.GetProperty("status").GetString().ShouldBe("success");
        JsonElement data = json.RootElement.GetProperty("data");
        data.EnumerateObject().Select(static field => field.Name)
            .ShouldBe(["application", "version", "revision", "branch", "buildUser", "buildDate", "goVersion"]);
        data.GetProperty("version").GetString()!.ShouldStartWith("3.");
    }

    private static Task BecomeReadyAsync(RunningServer server, SteeredRole role)
    {
        role.Started.TrySetResult();
        return server.BecomeReadyAsync();
    }
}
