using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using RemoteStore.Server.Options;
using RemoteStore.Server.Roles;
using RemoteStore.Server.Tests.Hosting;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Roles;

public sealed class DeletionTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;
    private readonly long _nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Delete_IsSeenAtOnce_OnEveryPath_AndAfterARestart()
    {
        string job;
        await using (RunningServer server = await StartAsync())
        {
            (await WriteAsync(server, Up("a", _nowMs - 60_000), Up("b", _nowMs - 60_000), Up("b", _nowMs - 30_000))).Status.ShouldBe(HttpStatusCode.NoContent);
            (await GetAsync(server, "query?query=sum(count_over_time(up[5m]))")).ShouldContain("\"3\"");

            using HttpResponseMessage answer = await server.Client.PostAsync(
                Path("admin/tsdb/delete_series?match[]=up{job=\"a\"}&match[]=up{job=\"b\"}&end=" + Seconds(_nowMs - 45_000)), null);
            answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            job = answer.Headers.GetValues("X-RemoteStore-Job").Single();
            await CheckAsync(server, job);
            server.Stop();
            (await server.Exit).ShouldBe(0);
        }

        await using RunningServer again = await StartAsync();
        await CheckAsync(again, job);
        (await WriteAsync(again, Up("a", _nowMs - 50_000), Up("c", _nowMs - 50_000))).ShouldSatisfyAllConditions(
            static write => write.Status.ShouldBe(HttpStatusCode.BadRequest),
            static write => write.Text.ShouldContain("series_deleted: 1"),
            static write => write.Text.ShouldContain("is being deleted from"));
        (await WriteAsync(again, Up("a", _nowMs - 20_000))).Status.ShouldBe(HttpStatusCode.NoContent); // behind the range
        (await GetAsync(again, "label/job/values")).ShouldBe("{\"status\":\"success\",\"data\":[\"a\",\"b\",\"c\"]}");
    }

    [Fact]
    public async Task Delete_NotEnabled_OrWrong_IsRefused()
    {
        await using (RunningServer server = await StartAsync(enabled: false))
        {
            foreach (string path in (string[])["admin/tsdb/delete_series?match[]=up", "admin/tsdb/clean_tombstones", "admin/delete_tenant"])
            {
                using HttpResponseMessage off = await server.Client.PostAsync(Path(path), null);
                off.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
                (await off.Content.ReadAsStringAsync()).ShouldBe("{\"status\":\"error\",\"errorType\":\"unavailable\",\"error\":\"admin APIs disabled\"}");
            }
        }

        await using RunningServer on = await StartAsync();
        foreach (string path in (string[])["admin/tsdb/delete_series?match[]=up", "admin/tsdb/clean_tombstones", "admin/delete_tenant"])
        {
            using HttpResponseMessage get = await on.Client.GetAsync(Path(path));
            get.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed, path);
        }

        foreach (string query in (string[])["", "?match[]=", "?match[]={}", "?match[]=up&start=x"])
        {
            using HttpResponseMessage wrong = await on.Client.PutAsync(Path("admin/tsdb/delete_series" + query), null);
            wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest, query);
        }

        using HttpResponseMessage unknown = await on.Client.GetAsync(Path("admin/deletions/01HF84E400C9P2G0KZHVWXTCXA"));
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using HttpResponseMessage clean = await on.Client.PostAsync(Path("admin/tsdb/clean_tombstones"), null);
        clean.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Delete_AsJson_TellsTheJob()
    {
        await using RunningServer server = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Path("admin/tsdb/delete_series"))
        {
            Content = new FormUrlEncodedContent([new("match[]", "up{job=~\"a.*\"}"), new("start", "10"), new("end", "20")]),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));

        using HttpResponseMessage answer = await server.Client.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        JsonElement data = json.RootElement.GetProperty("data");
        data.GetProperty("state").GetString().ShouldBe("pending");
        data.GetProperty("match")[0].GetString().ShouldBe("{job=~\"a.*\", __name__=\"up\"}");
        (data.GetProperty("minTime").GetInt64(), data.GetProperty("maxTime").GetInt64()).ShouldBe((10_000, 20_000));
    }

    private static async Task CheckAsync(RunningServer server, string job)
    {
        (await GetAsync(server, "query?query=sum(count_over_time(up[5m]))")).ShouldContain("\"1\"");
        (await GetAsync(server, "series?match[]=up")).ShouldBe("{\"status\":\"success\",\"data\":[{\"__name__\":\"up\",\"job\":\"b\"}]}");
        (await GetAsync(server, "label/job/values")).ShouldBe("{\"status\":\"success\",\"data\":[\"b\"]}");
        string federated = await server.Client.GetStringAsync(new Uri("/federate?match[]=up", UriKind.Relative));
        federated.ShouldContain("job=\"b\"");
        federated.ShouldNotContain("job=\"a\"");
        (await GetAsync(server, "admin/deletions")).ShouldContain($"\"id\":\"{job}\",\"state\":\"pending\"");
        (await GetAsync(server, "admin/deletions/" + job)).ShouldContain("\"match\":[\"{job=\\\"a\\\", __name__=\\\"up\\\"}\"");
    }

    private static RequestSeries Up(string job, long timestampMs) => new RequestSeries("__name__", "up", "job", job).Sample(timestampMs, 1);

    private static string Seconds(long timestampMs) => (timestampMs / 1000.0).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Uri Path(string rest) => new("/api/v1/" + rest, UriKind.Relative);

    private static Task<string> GetAsync(RunningServer server, string rest) => server.Client.GetStringAsync(Path(rest));

    private static async Task<(HttpStatusCode Status, string Text)> WriteAsync(RunningServer server, params RequestSeries[] series)
    {
        using var content = new ByteArrayContent(RemoteWriteEncoder.Compress(RemoteWriteEncoder.EncodeV1(series)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        using HttpResponseMessage answer = await server.Client.PostAsync(Path("write"), content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<RunningServer> StartAsync(bool enabled = true)
    {
        var options = new RemoteStoreOptions();
        options = options with { Storage = options.Storage with { DataDirectory = _directory }, Read = options.Read with { EnableAdminApi = enabled } };
        RunningServer server = await RunningServer.StartAsync(options, RoleFactory.Create);
        await server.BecomeReadyAsync();
        return server;
    }
}
