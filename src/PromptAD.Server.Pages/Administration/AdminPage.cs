using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;
using PromptAD.Client;

namespace PromptAD.Server.Pages.Administration;

/// <summary>What the parts of the administration have in common: they load once for who may, and tell what was done or refused.</summary>
public abstract class AdminPage : ComponentBase
{
    /// <summary>What the service refuses; null for nothing.</summary>
    public string? Refusal { get; private set; }

    /// <summary>What was done last; null for nothing.</summary>
    public string? Done { get; private set; }

    /// <summary>Whether there is something to show.</summary>
    public bool IsLoaded { get; private set; }

    [CascadingParameter]
    public LocalTimes Times { get; set; } = null!;

    [CascadingParameter]
    public Task<AuthenticationState> Who { get; set; } = null!;

    [Inject]
    protected InspectionClient Service { get; set; } = null!;

    [Inject]
    private IStringLocalizer<Words> Told { get; set; } = null!;

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    /// <summary>The name of who is signed in.</summary>
    protected string Me { get; private set; } = "";

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        System.Security.Claims.ClaimsPrincipal user = (await Who).User;
        Me = user.Identity?.Name ?? "";
        if (!user.IsInRole(nameof(Role.Administrator))) return;
        await DoAsync(LoadAsync);
        StateHasChanged();
    }

    /// <summary>Asks the service for what is shown.</summary>
    protected abstract Task LoadAsync();

    /// <summary>Does something and says so, or says why not.</summary>
    /// <param name="action">What is done.</param>
    /// <param name="done">The words that say so; null for none.</param>
    /// <returns>Whether it was done.</returns>
    protected async Task<bool> DoAsync(Func<Task> action, string? done = null)
    {
        (Refusal, Done) = (null, null);
        try
        {
            await action();
            (Done, IsLoaded) = (done, true);
            return true;
        }
        catch (Exception e) when (ServiceCalls.IsRefusal(e))
        {
            Refusal = await ServiceCalls.TellAsync(e, Told, Browser);
            return false;
        }
    }

    /// <summary>Changes something, then shows what is so now.</summary>
    protected Task<bool> ChangeAsync(Func<Task> change, string done) => DoAsync(
        async () =>
        {
            await change();
            await LoadAsync();
        },
        done);

    /// <summary>Text of a field; null for nothing.</summary>
    protected static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
