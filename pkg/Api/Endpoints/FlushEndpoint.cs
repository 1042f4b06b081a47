using RemoteStore.Api.Http;
using RemoteStore.Storage.Administration;

namespace RemoteStore.Api.Endpoints;

/// <summary>
/// <c>POST /api/v1/admin/flush</c>: makes parts of all memtables, with <c>merge=1</c> in their smallest form, and tells what is on disk then. With
/// <c>cut=over</c> blocks are made of all that time ranges hold that are over, with <c>cut=ended</c> also of those that may still get late data.
/// </summary>
internal sealed class FlushEndpoint(IStoreAdmin store) : IApiEndpoint
{
    public string Name => "admin_flush";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        string cut = request.Get("cut");
        if (cut is not ("" or "over" or "ended"))
        {
            throw ApiException.BadParameter("cut", $"\"{cut}\" is not one of over and ended");
        }

        bool merge = request.Get("merge") switch
        {
            "" or "0" or "false" => false,
            "1" or "true" => true,
            string other => throw ApiException.BadParameter("merge", $"\"{other}\" is not one of 0, 1, false and true"),
        };
        FlushReport report = await store.FlushAsync(merge, cancellationToken);
        if (cut.Length > 0)
        {
            report = await store.CutAsync(allEnded: cut == "ended", cancellationToken);
        }

        response.Json.WriteStartObject();
        response.Json.WriteStartObject("bytesOnDisk"u8);
        foreach ((string kind, long bytes) in report.BytesByKind.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            response.Json.WriteNumber(kind, bytes);
        }

        response.Json.WriteEndObject();
        response.Json.WriteNumber("totalBytes"u8, report.BytesByKind.Values.Sum());
        response.Json.WriteNumber("parts"u8, report.Parts);
        response.Json.WriteNumber("rows"u8, report.Rows);
        response.Json.WriteNumber("blocks"u8, report.Blocks);
        response.Json.WriteNumber("blockSamples"u8, report.BlockSamples);
        response.Json.WriteEndObject();
    }
}
