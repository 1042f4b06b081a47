using RemoteStore.Api.Http;
using RemoteStore.Storage.Administration;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary><c>/api/v1/status/walreplay</c>: how far the replay at start is.</summary>
internal sealed class WalReplayEndpoint(IDurabilityStatus status) : IApiEndpoint
{
    public string Name => "status_walreplay";

    public bool AnswersBeforeReady => true;

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        WalReplayProgress progress = status.GetWalReplay();
        response.Json.WriteStartObject();
        response.Json.WriteNumber("min"u8, progress.Min);
        response.Json.WriteNumber("max"u8, progress.Max);
        response.Json.WriteNumber("current"u8, progress.Current);
        response.Json.WriteString("state"u8, progress.State switch
        {
            WalReplayState.Waiting => "waiting",
            WalReplayState.InProgress => "in progress",
            _ => "done",
        });
        response.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }
}
