using System.Text.Json;
using RemoteStore.Api.Http;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.Api.Endpoints.Admin;

/// <summary><c>GET /api/v1/admin/delete_tenant_status</c>: whether what the last deletion of the tenant took is removed from the disks.</summary>
internal sealed class DeleteTenantStatusEndpoint(AdminApi admin) : IApiEndpoint
{
    public string Name => "admin_delete_tenant_status";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        IReadOnlyList<DeletionReport> jobs = await admin.Deleter.ListAsync(request.Tenant, cancellationToken);
        DeletionReport? last = jobs.LastOrDefault(DeleteTenantEndpoint.IsOfTenant);
        Utf8JsonWriter json = response.Json;
        json.WriteStartObject();
        json.WriteString("tenant_id"u8, request.Tenant.Name);
        json.WriteBoolean("blocks_deleted"u8, last is { State: DeletionState.Done });
        json.WritePropertyName("deletion"u8);
        if (last is null)
        {
            json.WriteNullValue();
        }
        else
        {
            DeletionJson.Write(json, last);
        }

        json.WriteEndObject();
    }
}
