using System.Net;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;
using PromptAD.Client;

namespace PromptAD.Server.Pages;

/// <summary>A part of a page that asks the service for something, one thing after the other, and tells what it refuses.</summary>
public abstract class ServicePart : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource left = new();

    protected ServicePart() => Left = left.Token;

    [Inject]
    public InspectionClient Service { get; set; } = null!;

    [Inject]
    public IJSRuntime Browser { get; set; } = null!;

    [Inject]
    public IStringLocalizer<Words> Texts { get; set; } = null!;

    /// <summary>What the service has refused last; null for nothing.</summary>
    protected string? Refusal { get; set; }

    /// <summary>Whether something is under way.</summary>
    protected bool IsBusy { get; private set; }

    /// <summary>Whether somebody else has changed the product since it was read.</summary>
    protected bool IsOvertaken { get; set; }

    /// <summary>Cancelled when the part is left.</summary>
    protected CancellationToken Left { get; }

    /// <summary>Does something, unless something else is under way. Words say what is refused.</summary>
    protected async Task DoAsync(Func<Task> action)
    {
        if (IsBusy) return;
        (IsBusy, IsOvertaken, Refusal) = (true, false, null);
        StateHasChanged(); // what cannot be done meanwhile is shown so
        try
        {
            await action();
        }
        catch (OperationCanceledException) when (Left.IsCancellationRequested)
        {
            // the part is left
        }
        catch (InspectionServiceException e) when (e.Status == HttpStatusCode.PreconditionFailed)
        {
            IsOvertaken = true; // the part says in its words what is there now
        }
        catch (Exception e) when (ServiceCalls.IsRefusal(e))
        {
            Refusal = await ServiceCalls.TellAsync(e, Texts, Browser);
        }
        finally
        {
            IsBusy = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops what is under way.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || left.IsCancellationRequested) return;
        left.Cancel();
        left.Dispose();
    }
}
