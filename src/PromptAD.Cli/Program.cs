return TorchSharp.torch.ones(3).sum().item<float>() == 3 ? 0 : 1;
