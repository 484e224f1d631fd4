return args.Length == 0 ? 0 : 1;
