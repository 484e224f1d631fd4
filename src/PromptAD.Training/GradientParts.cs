using static TorchSharp.torch;

namespace PromptAD.Training;

/// <summary>
/// Cuts a computation into parts, so that it can be stopped between two of them, on the way to the loss and on the way back, which torch
/// goes in one call otherwise. The gradients are the same to the bit: each part gets the sum of what the next one gives back.
/// </summary>
/// <param name="cancellation">Stops the computation.</param>
internal sealed class GradientParts(CancellationToken cancellation) : IDisposable
{
    private readonly Stack<(Tensor End, Tensor Next)> cuts = [];

    /// <summary>Ends a part.</summary>
    /// <param name="x">What the part has made.</param>
    /// <returns>What the next part is to begin with.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Tensor Cut(Tensor x)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!x.requires_grad) return x;
        Tensor next = x.detach().requires_grad_();
        cuts.Push((x.DetachFromDisposeScope(), next.DetachFromDisposeScope()));
        return next;
    }

    /// <summary>Follows the gradients back from the loss to the beginning, part by part.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the gradients are of no use.</exception>
    public void Backward(Tensor loss)
    {
        loss.backward();
        while (cuts.TryPop(out (Tensor End, Tensor Next) cut))
        {
            cancellation.ThrowIfCancellationRequested();
            using (cut.End)
            using (cut.Next)
            using (Tensor? gradient = cut.Next.grad)
            {
                cut.End.backward([gradient!]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((Tensor end, Tensor next) in cuts)
        {
            end.Dispose();
            next.Dispose();
        }
    }
}
