using RemoteStore.Api.Http;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary><c>/api/v1/status/runtimeinfo</c>: the process. What only a Go program has is empty.</summary>
internal sealed class RuntimeInfoEndpoint(ServerFacts facts, TimeProvider time) : IApiEndpoint
{
    public string Name => "status_runtimeinfo";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        response.Json.WriteStartObject();
        response.Json.WriteString("startTime"u8, facts.StartTime.UtcDateTime);
        response.Json.WriteString("CWD"u8, Environment.CurrentDirectory);
        response.Json.WriteString("hostname"u8, Environment.MachineName);
        response.Json.WriteString("serverTime"u8, time.GetUtcNow().UtcDateTime);
        response.Json.WriteBoolean("reloadConfigSuccess"u8, true);
        response.Json.WriteString("lastConfigTime"u8, facts.StartTime.UtcDateTime);
        response.Json.WriteNumber("corruptionCount"u8, 0);
        response.Json.WriteNumber("goroutineCount"u8, ThreadPool.ThreadCount);
        response.Json.WriteNumber("GOMAXPROCS"u8, Environment.ProcessorCount);
        response.Json.WriteNumber("GOMEMLIMIT"u8, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        response.Json.WriteString("GOGC"u8, ""u8);
        response.Json.WriteString("GODEBUG"u8, ""u8);
        response.Json.WriteString("storageRetention"u8, facts.Retention);
        response.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }
}
