using System.Net;
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

    [Theory]
    [InlineData("/-/quit")]
    [InlineData("/-/reload")]
    [InlineData("/prometheus/-/quit")]
    public async Task Lifecycle_NotEnabled_IsForbiddenAndNeverAGet(string path)
    {
        await using RunningServer server = await RunningServer.StartAsync(new SteeredRole());

        using HttpResponseMessage post = await server.Client.PostAsync(new Uri(path, UriKind.Relative), null);
        using HttpResponseMessage get = await server.Client.GetAsync(new Uri(path, UriKind.Relative));

        post.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await post.Content.ReadAsStringAsync()).ShouldBe("Lifecycle API is not enabled.");
        get.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Quit_Enabled_EndsTheProcessInOrder()
    {
        var role = new SteeredRole();
        await using RunningServer server = await RunningServer.StartAsync(role, static options => options with { Server = options.Server with { EnableLifecycle = true } });
        await BecomeReadyAsync(server, role);

        using HttpResponseMessage answer = await server.Client.PostAsync(new Uri("/-/quit", UriKind.Relative), null);

        (await answer.Content.ReadAsStringAsync()).ShouldBe("Requesting termination... Goodbye!");
        (await server.Exit).ShouldBe(0);
        role.Disposed.ShouldBeTrue();
    }

    [Fact]
    public async Task Reload_Enabled_TellsWhatIsWrongWithTheOptions()
    {
        List<string> faults = [];
        await using RunningServer server = await RunningServer.StartAsync(
            new SteeredRole(), static options => options with { Server = options.Server with { EnableLifecycle = true } }, () => faults);

        using HttpResponseMessage good = await server.Client.PostAsync(new Uri("/-/reload", UriKind.Relative), null);
        faults.Add("x.yaml:3: unknown option");
        using HttpResponseMessage bad = await server.Client.PostAsync(new Uri("/-/reload", UriKind.Relative), null);

        good.StatusCode.ShouldBe(HttpStatusCode.OK);
        bad.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await bad.Content.ReadAsStringAsync()).ShouldBe("failed to reload config: x.yaml:3: unknown option\n");
    }

    private static Task BecomeReadyAsync(RunningServer server, SteeredRole role)
    {
        role.Started.TrySetResult();
        return server.BecomeReadyAsync();
    }
}
